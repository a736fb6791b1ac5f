"""Which file says what is installed for an app or a function. Free of the CDK, for whoever else must know."""

import re
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

# The first of these in the folder. All but the last claim to be locks, and are refused where they are none.
LOCK = "requirements.lock"
TABLES = ("pylock.toml", "uv.lock")
FILES = (*TABLES, LOCK, "requirements.txt")
# As against an option for all lines, such as --index-url.
PACKAGE = re.compile(r"[^-]|-[re]|--(requirement|editable)\b")
# Set where functions run in this Python on the laptop, so that their packages are those for it.
FUNCTIONS_PYTHON = "DATA_COMPUTE_FUNCTIONS_PYTHON"
HASH = re.compile(r"\s--hash=")


def requirements_of(folder: Path) -> Path | None:
    """Find the file that counts."""
    return next((file for name in FILES if (file := folder / name).is_file()), None)


def lines_of(file: Path) -> list[str]:
    """List what a requirements file says, each continued line as one."""
    try:
        # Some editors begin a file with a mark of its encoding.
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{str(file)!r} is no text in UTF-8: save it as that") from error
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def named_in(file: Path) -> Iterator[Requirement]:
    """List the packages that a requirements file names; a path and an option name none."""
    for line in lines_of(file):
        try:
            yield Requirement(re.split(r"\s(?:#|--)", line)[0])
        except InvalidRequirement:
            continue


def without_hash(file: Path) -> list[str]:
    """List the packages in a requirements file that may be any file of that name tomorrow."""
    return [line for line in lines_of(file) if PACKAGE.match(line) and not HASH.search(line)]


def is_locked(file: Path) -> bool:
    """Tell whether nothing is installed but what has its hash in the file."""
    return file.name != "requirements.txt" or not without_hash(file)
