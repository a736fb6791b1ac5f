"""``key``: the private key as a file that ssh accepts."""

from pathlib import Path
from typing import Annotated

import typer

from ops.answers.errors import OpsError
from ops.answers.options import DryRun
from ops.cloud import key as keys
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.key import KeyPair
from ops.verb import verb

Folder = Annotated[Path, typer.Option("--folder", metavar="FOLDER", help="Where the .pem file goes.")]

IMPORTED = (
    "key pair {name} was imported (the setting public_key), so AWS holds no private key: "
    "use the one that belongs to it, `ssh -i ~/.ssh/…`"
)


@verb
def key(here: Here, folder: Folder = Path(), dry_run: DryRun = False) -> None:
    """Fetch the private key into a NAME.pem file.

    It comes from Parameter Store; ssh accepts the file as it is (mode 0400). Never overwrites a file and never
    prints the key. A .pem whose permissions are too open is repaired.
    """
    pair = keys.find_key_pair(here, read_deployment(here).page_stack)
    path = pair.file_in(folder)
    done, text = ensure(here, pair, path, dry_run=dry_run)
    here.answer({"file": str(path), "keyPair": pair.id, "done": done, "dryRun": dry_run}, text)


def ensure(here: Here, pair: KeyPair, path: Path, *, dry_run: bool = False) -> tuple[str, str]:
    """Have the key at ``path``; return what was done, as a word and in words."""
    private_key = keys.fetch(here, pair)
    if private_key is None:
        raise OpsError(IMPORTED.format(name=pair.name))
    if not dry_run:
        keys.remove_drafts(path, private_key)
    would = "would be " if dry_run else ""
    if not path.exists():
        if not dry_run:
            keys.write_new(path, private_key)
        return "written", f"{path} {'would be' if dry_run else 'is'} written, readable by you alone"
    if not _holds(path, private_key):
        raise OpsError(f"{path} exists and holds another key: move it away, or name another folder with --folder")
    if keys.is_too_open(path):
        if not dry_run:
            path.chmod(keys.OWNER_READS)
        return "repaired", f"{path} was open to others, which ssh refuses: {would}made readable by you alone"
    return "kept", f"{path} is here already"


def _holds(path: Path, private_key: str) -> bool:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() == private_key.strip()
    except PermissionError:
        raise OpsError(f"{path} can't be read: `chmod 400 {path}`, or move it away") from None
    except IsADirectoryError:
        return False
