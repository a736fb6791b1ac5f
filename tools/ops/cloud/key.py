"""The private key: fetched from Parameter Store, kept in a file that only its owner may read."""

import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ops.answers.errors import OpsError, error_code
from ops.answers.spelling import ops
from ops.cloud.deployment import Stack
from ops.cloud.here import Here

OWNER_READS = 0o400
# A draft's name ends as a key's does, which git ignores: a kill leaves no other name behind.
PREFIX, SUFFIX = ".key-", ".pem"


@dataclass(frozen=True)
class KeyPair:
    """The deployed key pair."""

    id: str
    name: str

    def file_in(self, folder: Path) -> Path:
        """Say where the private key goes."""
        # A person may have imported a pair under any name; as a file name it must not lead elsewhere.
        return folder / (self.name.replace("/", "_") + SUFFIX)

    @property
    def parameter(self) -> str:
        """Name the parameter that CloudFormation put the private key into."""
        return f"/ec2/keypair/{self.id}"


def find_key_pair(here: Here, stack: Stack) -> KeyPair:
    """Ask EC2 for the key pair that the page's stack names."""
    from botocore.exceptions import ClientError

    key_pair_id = stack.output("KeyPairId")
    try:
        found = here.aws.client("ec2").describe_key_pairs(KeyPairIds=[key_pair_id])["KeyPairs"]
    except ClientError as error:
        if error_code(error).startswith("InvalidKeyPair"):
            found = []
        else:
            raise
    if not found:
        raise OpsError(
            f"key pair {key_pair_id}, which the stack names, does not exist any more: "
            f"Session Manager still works, `{ops('session', here.copy)}`"
        )
    return KeyPair(key_pair_id, found[0]["KeyName"])


def fetch(here: Here, pair: KeyPair) -> str | None:
    """Fetch the private key; None where AWS holds none, as the pair was imported."""
    from botocore.exceptions import ClientError

    try:
        found = here.aws.client("ssm").get_parameter(Name=pair.parameter, WithDecryption=True)
    except ClientError as error:
        if error_code(error) == "ParameterNotFound":
            return None
        raise
    return str(found["Parameter"]["Value"])


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
    handle, draft = tempfile.mkstemp(SUFFIX, PREFIX, folder)
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            file.write(private_key.rstrip("\n") + "\n")
            file.flush()
            os.fchmod(file.fileno(), OWNER_READS)
            os.fsync(file.fileno())
        # A link fails where a rename would overwrite.
        os.link(draft, path)
    except (FileExistsError, FileNotFoundError):
        # The latter: another run took our draft for one that was left behind.
        raise OpsError(f"{path} was created by somebody else in this moment: look at it, then try again") from None
    finally:
        Path(draft).unlink(missing_ok=True)


def remove_drafts(path: Path, private_key: str) -> None:
    """Remove what killed runs have left of this very key, and no other file."""
    for draft in path.parent.glob(f"{PREFIX}*{SUFFIX}"):
        with suppress(OSError):
            if draft != path and private_key.startswith(draft.read_text(errors="replace").rstrip("\n")):
                draft.unlink()
