"""How to log in by SSH: which user, which key, which options."""

import socket
from dataclasses import dataclass
from pathlib import Path

from ops.answers.errors import OpsError, passing_over
from ops.answers.spelling import ops
from ops.cloud.here import Here
from ops.cloud.machine import Machine

# AWS's user guide, "Default user names"; the first word that is in the image's name decides.
USERS = {name: name for name in ("bitnami", "ubuntu", "debian", "fedora", "centos", "rocky")} | {"debian": "admin"}
AMAZON_LINUX_USER = "ec2-user"
CONNECT_SECONDS = 5.0


@dataclass(frozen=True)
class Login:
    """Everything that ssh has to know."""

    user: str
    host: str
    instance_id: str
    # None: the pair was imported, and ssh finds its private key by itself (an agent, ~/.ssh).
    key_file: Path | None

    @property
    def options(self) -> dict[str, str]:
        """The options, as ssh_config spells them."""
        key = {"IdentityFile": str(self.key_file), "IdentitiesOnly": "yes"} if self.key_file else {}
        return {
            **key,
            # The address stays when a new machine comes, and ssh would cry wolf about its new host key.
            "HostKeyAlias": self.instance_id,
            "StrictHostKeyChecking": "accept-new",
        }

    @property
    def command(self) -> list[str]:
        """The ssh command."""
        options = [part for name, value in self.options.items() for part in ("-o", f"{name}={_quoted(value)}")]
        return ["ssh", *options, f"{self.user}@{self.host}"]

    def config(self, alias: str) -> str:
        """Write the block for ~/.ssh/config, after which ``ssh alias`` is enough."""
        lines = {"HostName": self.host, "User": self.user} | self.options
        return "\n".join([f"Host {alias}", *(f"    {name} {_quoted(value)}" for name, value in lines.items())])


def user_of(here: Here, machine: Machine) -> str:
    """Tell the user of the machine's image by the image's name."""
    images = []
    # An image that was withdrawn; the stack's own images are Amazon Linux.
    with passing_over("InvalidAMIID"):
        images = here.aws.client("ec2").describe_images(ImageIds=[machine.image])["Images"]
    names = " ".join(image.get(key, "") for image in images for key in ("Name", "Description")).lower()
    return next((user for word, user in USERS.items() if word in names), AMAZON_LINUX_USER)


def answers(host: str, port: int, timeout: float = CONNECT_SECONDS) -> bool:
    """Whether something listens there, as seen from this laptop."""
    try:
        with socket.create_connection((host, port), timeout):
            return True
    except OSError:
        return False


def host_of(machine: Machine) -> str:
    """Give the machine's public address."""
    if not machine.running().public_ip:
        session = ops(f"session --machine {machine.id}", machine.copy)
        raise OpsError(f"machine {machine.id} has no public address: `{session}` needs none")
    return str(machine.public_ip)


def _quoted(value: str) -> str:
    """Quote as ssh does: only what holds a space."""
    return f'"{value}"' if " " in value else value
