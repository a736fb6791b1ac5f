"""Whether the account has room for a copy, asked with few calls."""

import pytest

from ops.checks import Check
from ops.checks.quotas import check_quotas
from ops.cloud.clients import Aws
from ops.cloud.here import Here
from stacks.copy_settings import MAIN
from tests.ops.fake_aws import FakeAws, Ops

ACCOUNT = "111122223333"
# A g machine counts towards another limit.
RUNNING = ("t4g.small", "m7g.large", "im4gn.large", "g6.large")


def machines(aws: FakeAws, *types: str) -> None:
    cpus = {"CoreCount": 2, "ThreadsPerCore": 1}
    running = [{"InstanceType": name, "CpuOptions": cpus} for name in types]
    on = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    aws.expect("ec2", "describe_instances", {"Reservations": [{"Instances": running}]}, Filters=on)


def vcpus(aws: FakeAws, limit: int) -> None:
    machines(aws, *RUNNING)
    quota(aws, "ec2", "L-1216C47A", limit)


def in_use(aws: FakeAws, *, addresses: int = 0, vpcs: int = 0) -> None:
    brought = {"PublicIp": "y", "PublicIpv4Pool": "ipv4pool-ec2-0123456789abcdef0"}
    found = [{"PublicIp": "x", "PublicIpv4Pool": "amazon"}] * addresses
    aws.expect("ec2", "describe_addresses", {"Addresses": [*found, brought]})
    if addresses >= 5:
        quota(aws, "ec2", "L-0263D0A3", 5)
    # Not those that others share with it.
    own = [{"Name": "owner-id", "Values": [ACCOUNT]}]
    aws.expect("sts", "get_caller_identity", {"Account": ACCOUNT})
    aws.expect("ec2", "describe_vpcs", {"Vpcs": [{"VpcId": "x"}] * vpcs}, Filters=own)
    if vpcs >= 5:
        quota(aws, "vpc", "L-F678F1CE", 5)


def quota(aws: FakeAws, service: str, code: str, value: int) -> None:
    aws.expect("service-quotas", "get_service_quota", {"Quota": {"Value": value}}, ServiceCode=service, QuotaCode=code)


def found(checks: list[Check]) -> list[tuple[bool | None, str]]:
    return [(check.ok, check.words) for check in checks]


def test_an_account_with_room(aws: FakeAws, here: Here) -> None:
    vcpus(aws, 8)
    in_use(aws, addresses=4, vpcs=1)
    assert found(list(check_quotas(here, {}, deployed=False))) == [
        (True, "6 of 8 vCPUs of standard machines in use"),
        (True, "4 of at least 5 Elastic IPs in use"),
        (True, "1 of at least 5 VPCs in use"),
    ]


def test_an_account_without(aws: FakeAws, here: Here) -> None:
    vcpus(aws, 7)
    in_use(aws, addresses=5, vpcs=5)
    checks = list(check_quotas(here, {}, deployed=False))
    assert found(checks) == [
        (False, "6 of 7 vCPUs of standard machines in use, and a deploy needs 2 more"),
        (False, "5 of 5 Elastic IPs in use, and a deploy needs 1 more"),
        (False, "5 of 5 VPCs in use, and a deploy needs 1 more"),
    ]
    more = "free some, or ask for more in the console: Service Quotas, VPC, L-F678F1CE"
    assert checks[2].next_step == f"{more}; or share a network, `VPC=default`"


def test_a_copy_that_is_deployed_needs_its_new_machine_alone(aws: FakeAws, here: Here) -> None:
    vcpus(aws, 8)
    assert len(list(check_quotas(here, {}, deployed=True))) == 1


def test_a_copy_that_shares_a_network_needs_none(aws: FakeAws, here: Here) -> None:
    vcpus(aws, 8)
    aws.expect("ec2", "describe_addresses", {"Addresses": []})
    told = {"vpc": "vpc-01234567,us-east-1a/subnet-0a0a0a0a"}
    assert [check.name for check in check_quotas(here, told, deployed=False)] == [
        "Limit of vCPUs of standard machines",
        "Limit of Elastic IPs",
    ]


def test_a_labs_default_has_as_many(aws: FakeAws, here: Here) -> None:
    machines(aws)
    vcpus(aws, 7)
    assert [check.ok for check in check_quotas(here, {"account": "lab"}, deployed=True)] == [True, False]


@pytest.mark.parametrize(("others", "room"), [(8, True), (9, False)])
def test_in_a_lab_the_machines_of_all_copies_count(aws: FakeAws, here: Here, others: int, room: bool) -> None:
    # Of whatever family: all of them close the account.
    machines(aws, *["g6.large"] * others)
    machines(aws)
    quota(aws, "ec2", "L-1216C47A", 32)
    check, _ = check_quotas(here, {"account": "lab"}, deployed=True)
    assert check.ok == room
    assert check.words.startswith(f"{others} of the 9 machines run that a lab may have at once")
    assert ("`python -m ops class status`" in check.next_step) != room


def test_machines_of_a_lab_that_may_not_be_counted_fail_nothing(aws: FakeAws, here: Here) -> None:
    for _ in range(2):
        aws.refuse("ec2", "describe_instances", "UnauthorizedOperation")
    assert [check.ok for check in check_quotas(here, {"account": "lab"}, deployed=True)] == [None, None]


def test_of_another_type_no_more_is_said_than_is_known(aws: FakeAws, here: Here) -> None:
    vcpus(aws, 7)
    assert [check.ok for check in check_quotas(here, {"instance_type": "m7g.medium"}, deployed=True)] == [True]
    assert not list(check_quotas(here, {"instance_type": "g6.large"}, deployed=True))


def test_what_may_not_be_asked_fails_nothing(aws: FakeAws, here: Here) -> None:
    aws.expect("sts", "get_caller_identity", {"Account": ACCOUNT})
    for call in ("describe_instances", "describe_addresses", "describe_vpcs"):
        aws.refuse("ec2", call, "UnauthorizedOperation")
    assert [check.ok for check in check_quotas(here, {}, deployed=False)] == [None, None, None]


def test_this_laptop_has_no_limits() -> None:
    laptop = Aws("eu-central-1", endpoint="http://localhost:4566")
    assert not list(check_quotas(Here(laptop, MAIN, json=False), {}, deployed=False))


@pytest.fixture
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the deploy itself ask AWS nothing."""
    monkeypatch.setattr("ops.verbs.deploy.deployed_settings", lambda _: {})
    monkeypatch.setattr("ops.verbs.deploy.say_why", lambda *_: None)
    monkeypatch.setattr("ops.verbs.deploy.BootWatch.look", lambda _: None)


DEPLOY = ("deploy", "--", "sh", "-c", "exit 7", "--all")


@pytest.mark.usefixtures("_settled")
def test_a_new_copy_is_not_begun_where_it_cannot_end(aws: FakeAws, ops: Ops) -> None:
    aws.no_stack("Streamlit")
    vcpus(aws, 32)
    in_use(aws, addresses=5, vpcs=5)
    result = ops(*DEPLOY)
    assert (result.exit_code, result.stdout) == (1, "")
    # All of it, as AWS takes its time to raise each.
    addresses, vpcs = result.stderr.splitlines()
    assert addresses.startswith("error: 5 of 5 Elastic IPs in use, and a deploy needs 1 more: free some, or ask for")
    assert vpcs.startswith("5 of 5 VPCs in use, and a deploy needs 1 more: free some, or ask for more")


@pytest.mark.usefixtures("_settled")
def test_a_copy_that_is_there_is_deployed_again(aws: FakeAws, ops: Ops) -> None:
    aws.stack("Streamlit", {})
    assert ops(*DEPLOY).exit_code == 7


@pytest.mark.usefixtures("_settled")
def test_a_new_copy_is_deployed_where_nobody_may_look(aws: FakeAws, ops: Ops) -> None:
    aws.no_stack("Streamlit")
    aws.expect("sts", "get_caller_identity", {"Account": ACCOUNT})
    for call in ("describe_instances", "describe_addresses", "describe_vpcs"):
        aws.refuse("ec2", call, "UnauthorizedOperation")
    assert ops(*DEPLOY).exit_code == 7
