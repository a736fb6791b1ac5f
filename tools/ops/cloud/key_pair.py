"""The deployed key pair, and its private key in Parameter Store."""

from dataclasses import dataclass
from pathlib import Path

from ops.answers.errors import OpsError, passing_over
from ops.answers.spelling import ops
from ops.cloud import lab_key
from ops.cloud.deployment import Deployment
from ops.cloud.here import Here

# A key's name, which git ignores.
SUFFIX = ".pem"


@dataclass(frozen=True)
class KeyPair:
    """The deployed key pair."""

    # Empty where the pair is a lab's own.
    id: str
    name: str

    @property
    def downloaded(self) -> bool:
        """Whether a person downloads the private key on a lab's page, as AWS does not hand it out."""
        return not self.id

    def file_in(self, folder: Path) -> Path:
        """Say where the private key goes, or, if it is downloaded, where it lies."""
        if self.downloaded:
            return lab_key.downloaded(folder)
        # A person may have imported a pair under any name; as a file name it must not lead elsewhere.
        return folder / (self.name.replace("/", "_") + SUFFIX)

    @property
    def parameter(self) -> str:
        """Name the parameter that CloudFormation put the private key into."""
        return f"/ec2/keypair/{self.id}"


def find_key_pair(here: Here, deployment: Deployment) -> KeyPair:
    """Ask EC2 for the key pair whose id the stack says; of a lab's own it says the name."""
    key_pair_id, found = deployment.key_pair, []
    if not key_pair_id.startswith("key-"):
        return KeyPair("", key_pair_id)
    with passing_over("InvalidKeyPair"):
        found = here.aws.client("ec2").describe_key_pairs(KeyPairIds=[key_pair_id])["KeyPairs"]
    if not found:
        raise OpsError(
            f"key pair {key_pair_id}, which the stack names, does not exist any more: "
            f"Session Manager still works, `{ops('session', here.copy)}`"
        )
    return KeyPair(key_pair_id, found[0]["KeyName"])


def fetch(here: Here, pair: KeyPair) -> str | None:
    """Fetch the private key; None where AWS holds none, as the pair was imported."""
    with passing_over("ParameterNotFound"):
        return str(here.aws.client("ssm").get_parameter(Name=pair.parameter, WithDecryption=True)["Parameter"]["Value"])
    return None
