"""Which Python runs an app: the checkout's where it has all the app needs, else one made for the app."""

import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin


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
    _uv("venv", "--quiet", "--python", sys.executable, str(venv))
    _uv("pip", "install", "--quiet", "--python", str(own), "--requirement", str(requirements))
    return own


def _satisfied(requirements: Path) -> bool:
    arguments = ["pip", "install", "--dry-run", "--offline", "--python", sys.executable]
    told = subprocess.run(  # noqa: S603
        [find_uv_bin(), *arguments, "--requirement", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    return told.returncode == 0 and "Would make no changes" in told.stderr


def _uv(*arguments: str) -> None:
    told = subprocess.run([find_uv_bin(), *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if told.returncode:
        raise RequirementsError(f"requirements.txt could not be installed:\n{told.stderr.strip()}")
