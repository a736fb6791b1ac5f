"""The private key in a file that only its owner may read, as ssh wants it."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from ops.answers.errors import OpsError
from ops.cloud.here import Here
from ops.cloud.key_pair import SUFFIX, KeyPair, fetch
from ops.cloud.lab_key import how_to_get_it

OWNER_READS = 0o400
# A draft's name ends as a key's does: a kill leaves no other name behind.
PREFIX = ".key-"
IMPORTED = (
    "key pair {name} was imported (the setting public_key), so AWS holds no private key: "
    "use the one that belongs to it, `ssh -i ~/.ssh/…`"
)


def ensure(here: Here, pair: KeyPair, path: Path, *, dry_run: bool = False) -> tuple[str, str]:
    """Have the key at ``path``; return what was done, as a word and in words."""
    if pair.downloaded:
        if not path.exists():
            raise OpsError(how_to_get_it(path.parent))
    elif written := _fetch(here, pair, path, dry_run=dry_run):
        return written
    if is_too_open(path):
        if not dry_run:
            path.chmod(OWNER_READS)
        would = "would be " if dry_run else ""
        return "repaired", f"{path} was open to others, which ssh refuses: {would}made readable by you alone"
    return "kept", f"{path} is here already"


def _fetch(here: Here, pair: KeyPair, path: Path, *, dry_run: bool) -> tuple[str, str] | None:
    """Write the key unless it is there, and say so."""
    private_key = fetch(here, pair)
    if private_key is None:
        raise OpsError(IMPORTED.format(name=pair.name))
    if not dry_run:
        remove_drafts(path, private_key)
    if not path.exists():
        if not dry_run:
            write_new(path, private_key)
        return "written", f"{path} {'would be' if dry_run else 'is'} written, readable by you alone"
    if not _holds(path, private_key):
        raise OpsError(f"{path} exists and holds another key: move it away, or name another folder with --folder")
    return None


def _holds(path: Path, private_key: str) -> bool:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() == private_key.strip()
    except PermissionError:
        raise OpsError(f"{path} can't be read: `chmod 400 {path}`, or move it away") from None
    except IsADirectoryError:
        return False


def is_too_open(path: Path) -> bool:
    """Whether ssh would refuse the file as an UNPROTECTED PRIVATE KEY FILE."""
    return bool(stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))


def write_new(path: Path, private_key: str) -> None:
    """Write the whole file or none, readable by its owner only from the start, and never over another.

    A kill in the middle leaves a draft, which ``remove_drafts`` finds.
    """
    folder = path.parent
    if not folder.is_dir():
        raise OpsError(f"the folder {folder} does not exist: create it, or name another with --folder")
    try:
        _write_new(path, private_key)
    except (FileExistsError, FileNotFoundError):
        # The latter: another run took our draft for one that was left behind.
        raise OpsError(f"{path} was created by somebody else in this moment: look at it, then try again") from None
    except OSError as error:
        raise OpsError(
            f"{path} can't be written ({error.strerror}): mend that, or name another folder with --folder"
        ) from None


def _write_new(path: Path, private_key: str) -> None:
    handle, draft = tempfile.mkstemp(SUFFIX, PREFIX, path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            file.write(private_key.rstrip("\n") + "\n")
            file.flush()
            os.fchmod(file.fileno(), OWNER_READS)
            os.fsync(file.fileno())
        # A link fails where a rename would overwrite.
        os.link(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)


def remove_drafts(path: Path, private_key: str) -> None:
    """Remove what killed runs have left of this very key, and no other file."""
    for draft in path.parent.glob(f"{PREFIX}*{SUFFIX}"):
        with suppress(OSError):
            if draft != path and private_key.startswith(draft.read_text(errors="replace").rstrip("\n")):
                draft.unlink()
