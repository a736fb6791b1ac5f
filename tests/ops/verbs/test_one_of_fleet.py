"""Which machine of a fleet a verb is about: the one that is named, or the only one."""

import json
from typing import Any

import pytest

from tests.ops.fake_aws import FakeAws, Ops
from tests.ops.fake_fleet import BOTH, FIRST, SECOND, FakeFleet
from tests.ops.verbs.test_logs import event, streams, written


@pytest.mark.parametrize("verb", ["ssh", "session", "tunnel"])
def test_of_several_one_is_to_be_chosen(fleet: FakeFleet, ops: Ops, verb: str) -> None:
    fleet.deployment()
    fleet.group(*BOTH)
    fleet.machines(*BOTH)
    result = ops(verb, "--print")
    assert result.exit_code == 1
    listed = f"{FIRST} in eu-central-1a, {SECOND} in eu-central-1b"
    choose = f"choose one, `python -m ops {verb} --machine {FIRST}`"
    assert f"the fleet has 2 machines, {listed}: {choose}" in result.stderr


def test_the_named_one_is_chosen(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(*BOTH)
    fleet.machines(*BOTH)
    assert SECOND in ops("session", "--print", "--machine", SECOND).stdout


def test_the_only_one_need_not_be_named(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(FIRST)
    fleet.machines(FIRST)
    assert FIRST in ops("tunnel", "--print").stdout


def test_a_machine_of_somebody_elses(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(FIRST)
    fleet.machines(FIRST)
    said = f"--machine i-other is no machine of copy main, which has {FIRST}"
    assert said in ops("session", "--print", "--machine", "i-other").stderr


def test_a_stopped_fleet_has_none(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(smallest=0)
    said = "the fleet has no machine now: `python -m ops start` brings it back"
    assert said in ops("session", "--print").stderr


def test_a_machine_without_an_address_is_reached_by_its_own_id(
    aws: FakeAws, fleet: FakeFleet, ops: Ops, tmp_path: Any
) -> None:
    fleet.deployment()
    fleet.group(*BOTH)
    fleet.machines(*BOTH, PublicIpAddress="")
    aws.key_pair(private_key="not one")
    aws.expect("ec2", "describe_images", {"Images": []}, ImageIds=["ami-1"])
    said = f"machine {SECOND} has no public address: `python -m ops session --machine {SECOND}` needs none"
    assert said in ops("ssh", "--machine", SECOND, "--folder", str(tmp_path)).stderr


def test_what_would_open_ssh_keeps_the_pages_doors(aws: FakeAws, fleet: FakeFleet, ops: Ops, tmp_path: Any) -> None:
    fleet.deployment()
    fleet.group(FIRST)
    fleet.machines(FIRST)
    aws.key_pair(private_key="not one")
    aws.expect("ec2", "describe_images", {"Images": []}, ImageIds=["ami-1"])
    fleet.group(FIRST)
    fleet.balancer()
    page = {"FromPort": 8501, "ToPort": 8501, "IpProtocol": "tcp"}
    from_balancer = page | {"UserIdGroupPairs": [{"GroupId": "sg-balancer"}]}
    open_to_one = page | {"IpRanges": [{"CidrIp": "203.0.113.7/32"}]}
    groups = [{"GroupId": "sg-balancer", "IpPermissions": [open_to_one]}, {"IpPermissions": [from_balancer]}]
    aws.expect("ec2", "describe_security_groups", {"SecurityGroups": groups})
    result = ops("ssh", "--print", "--folder", str(tmp_path))
    said = "port 22 is open to nobody. Let this laptop in: `make deploy WEB_FROM=203.0.113.7/32 SSH_FROM=my-ip`"
    assert said in result.stderr


def test_a_fleets_machine_is_not_terminated(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    assert "a fleet replaces a machine that is terminated" in ops("terminate").stderr


def test_the_log_of_all_machines_tells_whose_each_line_is(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    lines = [event("hello", 1, f"{FIRST}/app"), event("booted", 2, f"{SECOND}/boot"), event("ho", 3, f"{SECOND}/app")]
    written(aws, "server", *lines)
    assert ops("logs").stdout == f"2026-11-21 03:00:01  {FIRST}  hello\n2026-11-21 03:00:03  {SECOND}  ho\n"


def test_the_log_of_one(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    streams(aws, (f"{SECOND}/app", 1))
    written(aws, "server", event("ho", 3, f"{SECOND}/app"), stream=f"{SECOND}/app")
    facts = json.loads(ops("logs", "--machine", SECOND, "--json").stdout)
    assert (facts["stream"], facts["message"]) == (f"{SECOND}/app", "ho")


@pytest.mark.parametrize("source", ["app", "boot"])
def test_the_log_of_none_names_the_machines_that_have_one(
    aws: FakeAws, fleet: FakeFleet, ops: Ops, source: str
) -> None:
    """Also of one that is gone: its log stays."""
    fleet.deployment()
    streams(aws, *((f"{machine}/{source}", moment) for moment, machine in enumerate(BOTH, start=1)), ("i-0/else", 3))
    result = ops("logs", source, "--machine", "i-0")
    assert (result.exit_code, result.stdout) == (1, "")
    said = f"--machine i-0: no {source} log of it is in server; the newest are of {SECOND}, {FIRST}."
    assert said in result.stderr


def test_the_boot_of_one_and_the_latest(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    streams(aws, (f"{SECOND}/boot", 1))
    written(aws, "server", event("up", 1), stream=f"{SECOND}/boot")
    assert ops("logs", "boot", "--machine", SECOND).stdout == "2026-11-21 03:00:01  up\n"
    fleet.deployment()
    streams(aws, *((f"{machine}/boot", moment) for moment, machine in enumerate(BOTH, start=1)))
    written(aws, "server", event("up", 1), stream=f"{SECOND}/boot")
    assert f"the latest boot is of machine {SECOND}: --machine names another" in ops("logs", "boot").stderr


def test_no_machine_writes_the_apis_log(ops: Ops) -> None:
    result = ops("logs", "api", "--machine", FIRST)
    assert "no machine writes the log of api" in result.stderr
