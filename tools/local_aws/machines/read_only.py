"""The app's folder is read-only to the app, as systemd's ProtectSystem=strict makes it on the real machine."""

import os
import shutil
import subprocess
from pathlib import Path

WRITE = 0o222
# Root may write whatever the modes say, unless it has lost this right for good.
AS_ROOT = ("setpriv", "--bounding-set=-dac_override")


def close(folder: Path) -> None:
    """Take the right to write from a folder and all that it holds."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~WRITE)


def reopen(folder: Path) -> None:
    """Give the right back to the owner, who is to change or remove what is there."""
    for path in (folder, *folder.rglob("*")):
        if path.exists() and not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)


def prefix() -> tuple[str, ...] | None:
    """Say with which words before a command the modes bind it; None where nothing makes them bind root."""
    if os.geteuid() != 0:
        return ()
    if not shutil.which(AS_ROOT[0]):
        return None
    tried = subprocess.run([*AS_ROOT, "true"], capture_output=True, check=False)  # noqa: S603
    return None if tried.returncode else AS_ROOT
