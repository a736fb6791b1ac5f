"""What the rooms hand each other: small, and on the ground floor, so that no room needs another's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

# Lambda takes no other path; what is good for a function is good for a machine and a job.
MOUNT_PATH = re.compile(r"/mnt/[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, kw_only=True)
class Mount:
    """Files that machines, functions and jobs mount, and what that needs.

    :param path: where they are mounted: a folder directly below ``/mnt``.
    :param connections: of the file system, whose door is opened to whoever mounts it.
    :param rights: for the role of whoever mounts it.
    """

    path: str
    connections: ec2.Connections
    rights: Sequence[iam.PolicyStatement]

    def __post_init__(self) -> None:
        if not MOUNT_PATH.fullmatch(self.path):
            raise ValueError(
                f"path={self.path!r}: use a folder directly below /mnt, such as /mnt/data, as Lambda takes no other"
            )


class Machine(Protocol):
    """One machine: a ``StreamlitServer``, or the CDK's own ``ec2.Instance``."""

    @property
    def instance_id(self) -> str:
        """Its id."""


def check_machine(machine: Machine) -> None:
    """Raise unless it is one machine."""
    if not isinstance(getattr(machine, "instance_id", None), str):
        raise ValueError(
            f"machine is {machine!r}: pass one machine, a StreamlitServer or an ec2.Instance; a StreamlitFleet has its "
            "own scale_on_schedule"
        )
