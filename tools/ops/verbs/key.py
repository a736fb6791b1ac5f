"""``key``: the private key as a file that ssh accepts."""

from pathlib import Path

from ops.answers.options import DryRun, Folder
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.key_file import ensure
from ops.cloud.key_pair import find_key_pair
from ops.verb import verb


@verb
def key(here: Here, folder: Folder = Path(), dry_run: DryRun = False) -> None:
    """Fetch the private key into a NAME.pem file.

    It comes from Parameter Store; ssh accepts the file as it is (mode 0400). Never overwrites a file and never
    prints the key. A .pem whose permissions are too open is repaired.

    A lab's own key, vockey, you download on the lab's page (AWS Details, Download PEM): the newest labsuser.pem in
    FOLDER, ~/Downloads or ~/.ssh is taken.
    """
    pair = find_key_pair(here, read_deployment(here))
    path = pair.file_in(folder)
    done, text = ensure(here, pair, path, dry_run=dry_run)
    name = pair.name if pair.downloaded else pair.id
    here.answer({"file": str(path), "keyPair": name, "done": done, "dryRun": dry_run}, text)
