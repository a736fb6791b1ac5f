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
    """Find or make the Python of an app."""
    if not requirements.exists():
        raise RequirementsError("the app has no requirements.txt")
    own = venv / "bin" / "python"
    if own.exists():
        return own
    if _satisfied(requirements):
        return Path(sys.executable)
    for step in (
        ["venv", "--quiet", "--python", sys.executable, str(venv)],
        ["pip", "install", "--quiet", "--python", str(own), "--requirement", str(requirements)],
    ):
        told = _uv(*step)
        if told.returncode:
            raise RequirementsError(f"requirements.txt could not be installed:\n{told.stderr.strip()}")
    return own


def _satisfied(requirements: Path) -> bool:
    arguments = ["pip", "install", "--dry-run", "--offline", "--python", sys.executable]
    told = _uv(*arguments, "--requirement", str(requirements))
    return told.returncode == 0 and "Would make no changes" in told.stderr


def _uv(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603
        [find_uv_bin(), *arguments],
        env=os.environ | environment.package_settings,
        capture_output=True,
        text=True,
        check=False,
    )
