"""Processes are known again and ended whole, and strangers left alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws import processes
from local_aws.processes import Process
from local_aws.state import write_json
from ops.answers.errors import OpsError

# Says when it is ready, ignores SIGTERM, and has a child that does too.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(60)
"""


@pytest.fixture
def stubborn() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        yield child
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)


def test_stops_a_stubborn_process_with_its_children(stubborn: "subprocess.Popen[str]") -> None:
    assert stubborn.stdout
    grandchild = int(stubborn.stdout.readline())
    process = Process.of(stubborn.pid)
    process.stop(patience=0.1)
    assert not process.runs()
    deadline = time.monotonic() + 5
    while Process.of(grandchild).runs() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Process.of(grandchild).runs()


def test_never_stops_a_stranger_that_got_the_same_id(stubborn: "subprocess.Popen[str]") -> None:
    assert stubborn.stdout
    stubborn.stdout.readline()
    Process(stubborn.pid, "another start").stop(patience=0.1)
    assert stubborn.poll() is None


def test_one_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where it became another user's; no signal reaches this one, as it leads no group."""
    monkeypatch.setattr(processes, "PATIENCE_SECONDS", 0.05)
    with subprocess.Popen(["sleep", "60"]) as child:
        with pytest.raises(OpsError, match=f"process {child.pid} does not end"):
            Process.of(child.pid).stop(patience=0.05)
        child.kill()


def test_is_known_again_from_its_file(stubborn: "subprocess.Popen[str]", tmp_path: Path) -> None:
    path = tmp_path / "process.json"
    Process.of(stubborn.pid).write(path)
    again = Process.read(path)
    assert again is not None
    assert again.runs()


def test_a_process_that_ended_does_not_run() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        process = Process.of(child.pid)
    assert not process.runs()
    process.stop()


def test_no_file_is_no_process(tmp_path: Path) -> None:
    assert Process.read(tmp_path / "process.json") is None


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "process.json"
    write_json(path, {"pid": 1, "started": "x"})
    write_json(path, {"pid": 2, "started": "y"})
    assert Process.read(path) == Process(2, "y")
    assert list(tmp_path.iterdir()) == [path]


# Is busy, and has a child that is.
BUSY = """
import os, time
child = os.fork()
end = time.process_time() + 0.05
while time.process_time() < end:
    pass
print("done", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how long a process has run")
def test_how_long_a_process_and_its_children_have_run() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        assert child.stdout
        for _ in range(2):
            child.stdout.readline()
        seconds = Process.of(child.pid).cpu_seconds()
        os.killpg(child.pid, signal.SIGKILL)
    assert seconds is not None
    assert 0.08 <= seconds < 5
