"""`watch`: a saved change runs a moment later, and a broken one is said to be."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stacks.copy_settings import MAIN
from tests.local_aws.checkout import Checkout, ask, expect, wait_until

pytestmark = pytest.mark.system

# On a laptop that is busy with other things everything takes longer, by about as much as its load says.
BUSY = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
HANDLER_SECONDS = 5.0 * BUSY
APP_SECONDS = 10.0 * BUSY


@pytest.fixture
def restored(up: Checkout) -> Iterator[Callable[[str, str], Path]]:
    """Append to a source file, and put it back afterwards."""
    originals: dict[Path, bytes] = {}

    def append(name: str, text: str) -> Path:
        path = up.folder / name
        originals.setdefault(path, path.read_bytes())
        path.write_bytes(originals[path] + text.encode())
        return path

    yield append
    for path, original in originals.items():
        path.write_bytes(original)
    # The next deploy puts right what was swapped, although its templates are the old ones.
    up.run("up")
    assert not up.state.swapped(MAIN).exists()


@pytest.fixture
def watch(up: Checkout) -> Iterator["subprocess.Popen[str]"]:
    watcher = up.start("watch")
    try:
        assert watcher.stdout
        assert watcher.stdout.readline().startswith("watching ")
        # watchfiles looks at the folders from now on.
        time.sleep(1)
        yield watcher
    finally:
        os.killpg(watcher.pid, signal.SIGINT)
        watcher.communicate(timeout=20)


def test_a_saved_change_runs_a_moment_later(
    up: Checkout, restored: Callable[[str, str], Path], watch: "subprocess.Popen[str]"
) -> None:
    found = up.deployed()

    def answer() -> tuple[int, str]:
        return ask(f"{found.api_url}?nums=1,2,3")

    restored("lambda_src/calculate_mean/handler.py", "\n\ndef lambda_handler(event, context):\n    return 'swapped'\n")
    wait_until(lambda: answer() == (200, "swapped"), HANDLER_SECONDS)

    restored("streamlit_src/frame.py", "\nprint('swapped in', flush=True)\n")
    log = up.state.machines / found.instance_id / "app.log"
    wait_until(lambda: b"swapped in" in log.read_bytes(), APP_SECONDS)
    # The machine is the same, as nothing was deployed.
    assert up.deployed().instance_id == found.instance_id

    restored("streamlit_src/frame.py", "\nraise RuntimeError('not good')\n")
    expect(watch, "pages: the first page raised an error; see")
    restored("lambda_src/calculate_mean/handler.py", "\n(\n")
    expect(watch, "calculate_mean answers 50")
