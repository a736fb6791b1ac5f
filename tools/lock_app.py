"""Locks an app, for the machine, or a function to what its requirements bring today: ``make lock APP=../my_app``."""

import subprocess
import sys
from pathlib import Path

from data_compute.locks import check_lock, lock_command
from data_compute.machine.contract import BOOT_FILES, read_contract
from data_compute.requirements import LOCK, PACKAGE, lines_of, requirements_of
from data_compute.target import Target, processor_of
from stacks.copies import copies_folder, read_copy
from stacks.copy_settings import MAIN
from stacks.registry import SETTINGS
from stacks.setting import CHECKOUT

FUNCTIONS = CHECKOUT / "lambda_src"
# Where packages are, and which may be built: uv leaves that out of what it writes.
KEPT = ("-i", "-f", "--index-url", "--extra-index-url", "--find-links", "--no-index", "--no-binary")


def lock_app(app: Path, *, upgrade: bool) -> Path:
    """Write the lock beside an app's requirements, or a function's, or raise a ``ValueError`` that says why not."""
    source, lock = app / "requirements.txt", app / LOCK
    counts = requirements_of(app)
    if counts is not None and counts not in (source, lock):
        raise ValueError(
            f"{str(counts)!r} is what is installed from, before any {LOCK}: uv renews it, or delete it first"
        )
    if not source.is_file():
        raise ValueError(
            f"{str(source)!r} does not exist: name the app's folder, such as APP=../my_app, and give it one with a "
            "line for each package that it imports, in an app the line streamlit"
        )
    options = [line for line in lines_of(source) if line.startswith(KEPT)]
    copy = read_copy(copies_folder(), MAIN)
    machine = copy.get("instance_type") or SETTINGS["instance_type"].default_for(copy)
    # The hashes are of all files of a version, so they are the laptop's too. A function's versions are for it as well.
    here_too = app.resolve().parent == FUNCTIONS
    target = Target(read_contract(BOOT_FILES)["PYTHON_VERSION"], processor_of(machine), here_too)
    told = subprocess.run(  # noqa: S603
        # This Python, as uv would look for that of the machine for seconds.
        [*lock_command(lock, target), "--quiet", "--no-header", "--python", sys.executable, *["--upgrade"] * upgrade],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if told.returncode:
        raise ValueError(f"{str(source)!r} cannot be locked:\n{told.stderr.strip()}")
    lock.write_text("\n".join([*options, lock.read_text(encoding="utf-8")]), encoding="utf-8")
    try:
        check_lock(lock, target)
    except ValueError:
        # It would count from now on, and be refused.
        lock.unlink()
        raise
    return lock


def main(folder: str, *words: str) -> int:
    """Lock an app, and say what was written."""
    try:
        lock = lock_app(Path(folder), upgrade="--upgrade" in words)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    packages = sum(bool(PACKAGE.match(line)) for line in lines_of(lock))
    print(f"{lock}: {packages} packages with their hashes; make the lock anew whenever requirements.txt changes")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
