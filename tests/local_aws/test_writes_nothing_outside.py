"""`make up` and `make down` write nothing outside their folder: not at home, not in the system's folders."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from local_aws.processes import Process
from local_aws.state import BYTECODE
from tests.local_aws.checkout import ORIGINAL, Checkout

pytestmark = pytest.mark.system

# Where a person's program could write. Programs of others write there as well, but not in the person's name; logs and
# the kernel's own folders are left out.
SYSTEM = ("/etc", "/opt", "/usr", "/srv", "/var/lib", "/var/cache", "/var/tmp", sys.base_prefix)  # noqa: S108


def files(folders: Iterable[str | Path], besides: tuple[Path, ...] = ()) -> Iterator[tuple[str, int, int]]:
    """List the person's own files with size and time of change."""
    for folder in folders:
        for place, names, entries in os.walk(folder):
            names[:] = [name for name in names if Path(place, name) not in besides]
            for name in entries:
                try:
                    found = Path(place, name).lstat()
                except OSError:
                    continue
                if found.st_uid == os.geteuid():
                    yield f"{place}/{name}", found.st_size, found.st_mtime_ns


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """Give a checkout with its Makefile, and a person with a home and a folder for temporary files."""
    places = {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp")}
    for place in places.values():
        Path(place).mkdir()
    made = Checkout.copy(tmp_path / "copy", {"PATH": os.environ["PATH"], **places})
    shutil.copy(ORIGINAL / "Makefile", made.folder)
    yield made
    made.end()


def make(target: str, checkout: Checkout) -> None:
    done = [f"--old-file={stamp}/.ready" for stamp in (".venv", "node_modules")]
    told = subprocess.run(
        ["make", *done, target],
        cwd=checkout.folder,
        env=checkout.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_what_is_written_lies_in_the_folder(checkout: Checkout, tmp_path: Path) -> None:
    state = checkout.state.folder

    def outside() -> set[tuple[str, int, int]]:
        # The links to the original's tools are not followed: their cache is theirs.
        return {*files(SYSTEM, besides=(ORIGINAL,)), *files([tmp_path], besides=(state,))}

    before = outside()
    make("up", checkout)
    app = Process.read(next(checkout.state.machines.glob("*/process.json")))
    assert app
    assert app.runs()
    assert outside() ^ before == set()
    make("down", checkout)
    assert outside() ^ before == set()
    assert not state.exists()
    assert not BYTECODE.joinpath(*state.parts[1:]).exists()
