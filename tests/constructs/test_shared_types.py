"""What the rooms hand each other."""

import re
from dataclasses import FrozenInstanceError

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from data_compute.shared_types import Mount


def mount(path: str) -> Mount:
    rights = [iam.PolicyStatement(actions=["elasticfilesystem:ClientMount"], resources=["arn:some:thing"])]
    return Mount(path=path, connections=ec2.Connections(), rights=rights)


@pytest.mark.parametrize("path", ["/mnt/data", "/mnt/2026", "/mnt/team_files-1.0"])
def test_a_mount_is_where_a_function_may_mount(path: str) -> None:
    assert mount(path).path == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "data", "mnt/data", "/data", "/mnt", "/mnt/", "/mnt//data", "/mnt/data/", "/mnt/data/more", "/mntdata"),
        *("/mnt/.", "/mnt/..", "/mnt/../etc", "/mnt/two words", "/mnt/größe", "/mnt/data\n", "/mnt/$HOME"),
    ],
)
def test_a_mount_anywhere_else_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=f"^path={re.escape(repr(path))}: use a folder directly below /mnt, such as"):
        mount(path)


def test_a_mount_stays_as_it_was_checked() -> None:
    with pytest.raises(FrozenInstanceError):
        mount("/mnt/data").path = "/data"  # type: ignore[misc]
