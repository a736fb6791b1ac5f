"""Who may come in, in words, and the deploy that lets in one more."""

import pytest

from ops.cloud.clients import Aws
from ops.cloud.doors import Door, covers, find_doors, in_words, opening_command, ports_in_words, sources
from ops.cloud.here import Here
from stacks.copy_settings import MAIN
from tests.ops.fake_aws import FakeAws

PAGE = 8501
HERE = Here(Aws(), MAIN, False)


@pytest.mark.parametrize(
    ("source", "address", "passes"),
    [
        ("203.0.113.7/32", "203.0.113.7/32", True),
        ("203.0.113.0/24", "203.0.113.7/32", True),
        ("203.0.113.0/24", "198.51.100.1/32", False),
        ("0.0.0.0/0", "198.51.100.1/32", True),
        ("::/0", "198.51.100.1/32", False),
        ("::/0", "2001:db8::1/128", True),
        ("pl-123", "198.51.100.1/32", None),
        ("sg-123", "198.51.100.1/32", None),
    ],
)
def test_who_passes(source: str, address: str, passes: bool | None) -> None:
    assert covers(source, address) is passes


def test_every_kind_of_source_is_read(aws: FakeAws) -> None:
    aws.doors(p8501=["203.0.113.7/32", "2001:db8::/32", "pl-1", "sg-2"], p22=["198.51.100.1/32"])
    found = find_doors(Here(aws, MAIN, False), ["sg-1"])  # type: ignore[arg-type]
    assert sources(found, PAGE) == ["203.0.113.7/32", "2001:db8::/32", "pl-1", "sg-2"]
    assert sources(found, 22) == ["198.51.100.1/32"]
    assert sources(found, 80) == []


def test_a_rule_for_all_traffic_opens_every_port(aws: FakeAws) -> None:
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    aws.expect("ec2", "describe_security_groups", {"SecurityGroups": [{"IpPermissions": [rule]}]}, GroupIds=["sg-1"])
    found = find_doors(Here(aws, MAIN, False), ["sg-1"])  # type: ignore[arg-type]
    assert sources(found, PAGE) == ["10.0.0.0/8"]
    assert ports_in_words(found[0], PAGE) == "every port"


@pytest.mark.parametrize(
    ("opened_to", "words"),
    [([], "nobody"), (["0.0.0.0/0"], "everybody"), (["203.0.113.7/32", "pl-1"], "203.0.113.7/32, pl-1")],
)
def test_who_may_come_in_in_words(opened_to: list[str], words: str) -> None:
    assert in_words(opened_to) == words


@pytest.mark.parametrize(
    ("door", "words"),
    [
        (Door(PAGE, PAGE, "x"), "port 8501 (the page)"),
        (Door(22, 22, "x"), "port 22 (SSH)"),
        (Door(80, 90, "x"), "port 80-90"),
    ],
)
def test_ports_in_words(door: Door, words: str) -> None:
    assert ports_in_words(door, PAGE) == words


def test_letting_one_in_keeps_all_who_may_come_in_now() -> None:
    doors = [Door(PAGE, PAGE, "0.0.0.0/0"), Door(22, 22, "203.0.113.7/32")]
    assert opening_command(HERE, doors, PAGE, ssh=True) == "make deploy WEB_FROM=world SSH_FROM=203.0.113.7/32,my-ip"
    assert opening_command(HERE, doors, PAGE, web=True) == "make deploy WEB_FROM=world,my-ip SSH_FROM=203.0.113.7/32"
    assert opening_command(HERE, [], PAGE, web=True) == "make deploy WEB_FROM=my-ip"
    copy = Here(Aws(), "alice", False)
    assert opening_command(copy, [], PAGE, web=True) == "make deploy COPY=alice WEB_FROM=my-ip"
