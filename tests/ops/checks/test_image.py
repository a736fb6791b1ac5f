"""How old a machine's image is, against the newest of its kind."""

import pytest

from ops.checks import Check
from ops.checks.image import check_images
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from tests.ops.fake_aws import INSTANCE, FakeAws
from tests.ops.fake_fleet import BOTH, FakeFleet

PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"
TAGS = [
    {"Key": "aws:ec2launchtemplate:id", "Value": "lt-1"},
    {"Key": "aws:ec2launchtemplate:version", "Value": "3"},
]


def image(
    aws: FakeAws, here: Here, wanted: str = f"resolve:ssm:{PARAMETER}", newest: str = "ami-1", **made: str
) -> Check:
    """Look at a machine of ami-1, where these images are of these days."""
    aws.deployment()
    if aws.behind[1] == INSTANCE:
        aws.machine(Tags=TAGS)
    versions = [{"LaunchTemplateData": {"ImageId": wanted}}]
    template = {"LaunchTemplateId": "lt-1", "Versions": ["3"]}
    aws.expect("ec2", "describe_launch_template_versions", {"LaunchTemplateVersions": versions}, **template)
    if wanted.startswith("resolve"):
        aws.expect("ssm", "get_parameter", {"Parameter": {"Value": newest}}, Name=PARAMETER)
    images = [{"ImageId": name.replace("_", "-"), "CreationDate": f"{day}T09:00:00.000Z"} for name, day in made.items()]
    aws.expect("ec2", "describe_images", {"Images": images})
    (check,) = check_images(here, read_deployment(here))
    return check


def test_the_newest(aws: FakeAws, here: Here) -> None:
    check = image(aws, here, ami_1="2026-11-10")
    assert (check.ok, check.words, check.next_step) == (True, "ami-1 of 2026-11-10 is the newest", "")


@pytest.mark.parametrize(("day", "ok"), [("2026-11-24", True), ("2027-02-08", True), ("2027-02-09", False)])
def test_an_older_one_says_how_it_is_renewed(aws: FakeAws, here: Here, day: str, ok: bool) -> None:
    check = image(aws, here, newest="ami-2", ami_1="2026-11-10", ami_2=day)
    assert check.ok is ok
    assert check.words.endswith(f"stay of that day; the newest is of {day}")
    assert check.next_step == "`make deploy GENERATION=ami-2` makes a new machine of it, at the same address"


def test_one_that_is_withdrawn(aws: FakeAws, here: Here) -> None:
    check = image(aws, here, newest="ami-2", ami_2="2026-11-10")
    assert check.ok is False
    assert check.words.startswith("ami-1 of a day unknown, as it is withdrawn,")


def test_one_that_somebody_chose(aws: FakeAws, here: Here) -> None:
    check = image(aws, here, wanted="ami-1", ami_1="2024-01-01")
    assert (check.ok, check.words) == (True, "ami-1 of 2024-01-01, which the setting image names")


def test_the_image_of_a_fleet_is_looked_at_once(aws: FakeAws, fleet: FakeFleet, here: Here) -> None:
    fleet.group(*BOTH)
    fleet.machines(*BOTH, Tags=TAGS)
    assert image(aws, here, ami_1="2026-11-10").ok


def test_what_may_not_be_asked_fails_nothing(aws: FakeAws, here: Here) -> None:
    aws.deployment()
    aws.machine(Tags=TAGS)
    aws.refuse("ec2", "describe_launch_template_versions", "UnauthorizedOperation")
    (check,) = check_images(here, read_deployment(here))
    assert check.ok is None
    assert "ec2:DescribeLaunchTemplateVersions" in check.words


def test_nothing_deployed_has_no_image(aws: FakeAws, here: Here) -> None:
    aws.nothing_deployed()
    assert not list(check_images(here, read_deployment(here)))
