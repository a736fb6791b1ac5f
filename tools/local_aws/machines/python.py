"""Which Python runs an app: the checkout's where it has all the app needs, else one made for the app."""

import os
import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

from local_aws import environment


class RequirementsError(Exception):
    """An app's requirements that cannot be installed."""


def for_app(requirements: Path, venv: Path) -> Path:
    """Find or make the Python of an app: from the lock beside its requirements, if it has one."""
    if not requirements.exists():
        raise RequirementsError("the app has no requirements.txt")
    lock = requirements.with_name("requirements.lock")
    if lock.exists():
        requirements = lock
    own = venv / "bin" / "python"
    if own.exists():
        return own
    # As boot.sh has it: nothing is built unless the file itself says so, and a lock gives nothing without its hash.
    wanted = ["--only-binary", ":all:", *(["--require-hashes"] if requirements == lock else [])]
    wanted += ["--requirement", str(requirements)]
    if _satisfied(wanted):
        return Path(sys.executable)
    for step in (
        ["venv", "--quiet", "--python", sys.executable, str(venv)],
        ["pip", "install", "--quiet", "--python", str(own), *wanted],
    ):
        told = _uv(*step)
        if told.returncode:
            raise RequirementsError(f"the app's requirements could not be installed:\n{told.stderr.strip()}")
    return own


def _satisfied(wanted: list[str]) -> bool:
    arguments = ["pip", "install", "--dry-run", "--offline", "--python", sys.executable]
    told = _uv(*arguments, *wanted)
    return told.returncode == 0 and "Would make no changes" in told.stderr


def _uv(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603
        [find_uv_bin(), *arguments],
        env=os.environ | environment.package_settings,
        capture_output=True,
        text=True,
        check=False,
    )
