"""The zone that has a machine's type, as EC2 knows it."""

from pathlib import Path

import pytest

from ops.answers.errors import OpsError
from ops.cloud.clients import Aws
from ops.cloud.zones import find_zone
from stacks.copies import write_copy
from tests.ops.fake_aws import FakeAws, Ops


def subnets(aws: FakeAws, *zones: str) -> None:
    found = {"Subnets": [{"SubnetId": f"subnet-{zone}", "AvailabilityZone": zone} for zone in zones]}
    aws.expect("ec2", "describe_subnets", found, Filters=[{"Name": "default-for-az", "Values": ["true"]}])


def having(aws: FakeAws, instance_type: str, *zones: str) -> None:
    offers = {"InstanceTypeOfferings": [{"InstanceType": instance_type, "Location": zone} for zone in zones]}
    filters = [{"Name": "instance-type", "Values": [instance_type]}]
    aws.expect("ec2", "describe_instance_type_offerings", offers, LocationType="availability-zone", Filters=filters)


def like(aws: FakeAws, zone: str, pattern: str, *types: str) -> None:
    offers = {"InstanceTypeOfferings": [{"InstanceType": name, "Location": zone} for name in types]}
    filters = [{"Name": "location", "Values": [zone]}, {"Name": "instance-type", "Values": [pattern]}]
    aws.expect("ec2", "describe_instance_type_offerings", offers, LocationType="availability-zone", Filters=filters)


def test_the_first_zone_that_has_the_type(aws: FakeAws) -> None:
    subnets(aws, "eu-central-1b", "eu-central-1a", "eu-central-1c")
    having(aws, "g5.xlarge", "eu-central-1a", "eu-central-1b")
    assert find_zone(Aws(), {"instance_type": "g5.xlarge"}) == "first"


def test_the_second_where_only_that_has_it(aws: FakeAws) -> None:
    subnets(aws, "eu-central-1b", "eu-central-1a", "eu-central-1c")
    having(aws, "g5.xlarge", "eu-central-1b", "eu-central-1c")
    assert find_zone(Aws(), {"instance_type": "g5.xlarge"}) == "second"


def test_the_zones_of_a_network_that_was_named(aws: FakeAws) -> None:
    having(aws, "t4g.small", "eu-central-1c", "eu-central-1a")
    network = "vpc-01234567,eu-central-1b/subnet-0b0b0b0b,eu-central-1c/subnet-0c0c0c0c"
    assert find_zone(Aws(), {"vpc": network}) == "second"


@pytest.mark.parametrize(("told", "wanted"), [({}, "t4g.small"), ({"account": "lab"}, "t3.small")])
def test_the_default_type(aws: FakeAws, told: dict[str, str], wanted: str) -> None:
    subnets(aws, "eu-central-1a", "eu-central-1b")
    having(aws, wanted, "eu-central-1a")
    assert find_zone(Aws(), {"instance_type": "", **told}) == "first"


def test_an_account_without_default_subnets_has_all_zones(aws: FakeAws) -> None:
    subnets(aws)
    zones = {"AvailabilityZones": [{"ZoneName": "eu-central-1b"}, {"ZoneName": "eu-central-1a"}]}
    aws.expect(
        "ec2",
        "describe_availability_zones",
        zones,
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}],
    )
    having(aws, "t4g.small", "eu-central-1b")
    assert find_zone(Aws(), {}) == "second"


def test_neither_has_it_and_what_there_is_instead(aws: FakeAws) -> None:
    subnets(aws, "eu-central-1a", "eu-central-1b", "eu-central-1c")
    having(aws, "p4d.24xlarge", "eu-central-1c")
    like(aws, "eu-central-1a", "p*.24xlarge")
    like(aws, "eu-central-1b", "p*.24xlarge", "p5.24xlarge", "p3dn.24xlarge")
    with pytest.raises(OpsError) as refused:
        find_zone(Aws(), {"instance_type": "p4d.24xlarge"})
    assert str(refused.value) == (
        "neither eu-central-1a nor eu-central-1b, where the machine can stand, has p4d.24xlarge; eu-central-1c does. "
        "eu-central-1a has nothing like it in the size 24xlarge; eu-central-1b has p3dn.24xlarge, p5.24xlarge"
    )


@pytest.mark.parametrize("arguments", [("-c", "instance_type=foo"), ()])
def test_a_type_that_is_no_name_asks_nobody(aws: FakeAws, ops: Ops, copies: Path, arguments: tuple[str, ...]) -> None:
    """Neither when it is typed, nor when somebody has written it into the copy's file."""
    assert aws
    write_copy(copies, "main", {"instance_type": "foo"})
    result = ops("deploy", "--", "true", "-c", "zone=auto", *arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: instance_type='foo': use the name of an EC2 instance type")


def test_a_type_that_the_region_has_not(aws: FakeAws) -> None:
    subnets(aws, "eu-central-1a", "eu-central-1b")
    having(aws, "t4g.smal")
    like(aws, "eu-central-1a", "t*.smal")
    like(aws, "eu-central-1b", "t*.smal")
    with pytest.raises(OpsError, match=r"has t4g\.smal; no zone of this region does\. "):
        find_zone(Aws(), {"instance_type": "t4g.smal"})
