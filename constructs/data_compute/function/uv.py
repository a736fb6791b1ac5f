"""Installs the packages of a lock by uv, for another Python and processor than this one, and without Docker."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from data_compute.locks import NoWheelError

NO_WHEEL = re.compile(r"(?:Because (\S+) has no (?:usable )?wheels|Package `(\S+)` can't be installed)")


def install(lock: Path, where: Sequence[str], tree: Path, *options: str, without: Sequence[str]) -> None:
    """Install all packages of a lock into a folder, or raise: ``NoWheelError`` where one has no file for it.

    :param where: uv's words for what they are to run on.
    :param without: packages of the lock that stay behind.
    """
    with tempfile.TemporaryDirectory() as scratch:
        left_out = Path(scratch) / "left_out.txt"
        left_out.write_text("\n".join(without), encoding="utf-8")
        # As uv runs in the folder of the lock.
        file = lock.absolute()
        if lock.name == "uv.lock":
            file = Path(scratch) / "requirements.txt"
            export = ["export", "--frozen", "--no-default-groups", "--no-emit-project", "--no-header"]
            _uv(lock, *export, "--output-file", str(file))
        command = ["pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--target", str(tree)]
        python = [] if "--python" in where else ["--python", sys.executable]
        command += [*python, *where, "--excludes", str(left_out), "--requirement", str(file), *options]
        try:
            # The network is for what was never fetched.
            _uv(lock, *command, "--offline")
        except ValueError:
            _uv(lock, *command)


def try_out(lock: Path, where: Sequence[str], *, without: Sequence[str]) -> None:
    """Raise unless all packages of a lock are there for what they are to run on; install nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        install(lock, where, Path(scratch), "--dry-run", without=without)


def _uv(lock: Path, *arguments: str) -> None:
    try:
        from uv import find_uv_bin

        found = find_uv_bin()
    # The package may be there without its program.
    except (ImportError, FileNotFoundError):
        raise ValueError(
            f"{str(lock)!r} is installed by uv, which is not there: pip install 'cdk-data-compute[packages]'"
        ) from None
    told = subprocess.run(  # noqa: S603
        [found, *arguments, "--quiet", "--no-python-downloads", "--directory", str(lock.parent)],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        if missing := NO_WHEEL.search(told.stderr):
            package = re.sub(r"\{.*?\}", "", missing[1] or missing[2])
            raise NoWheelError(f"{str(lock)!r} has no wheel of {package!r}")
        raise ValueError(f"the packages of {str(lock)!r} cannot be installed:\n{told.stderr.strip()}")
