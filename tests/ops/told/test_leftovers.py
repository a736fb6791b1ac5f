"""After a deploy: stacks that the copy no longer has."""

import json

import pytest

from ops.cloud import removal
from tests.ops.fake_aws import FakeAws, Ops, a_stack
from tests.ops.recorded import Recorded

WANTED = [a_stack("CalculateMean-alice", "alice"), a_stack("Streamlit-alice", "alice")]
EXTRA = a_stack("Extra-alice", "alice")
COMMAND = "`python -m ops destroy --copy alice Extra-alice`"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "PAUSE_SECONDS", 0)


def leftover(aws: FakeAws) -> None:
    aws.nothing_deployed("-alice")
    aws.stacks(a_stack("Extra"), *WANTED, EXTRA)


@pytest.mark.parametrize("arguments", [(), ("--yes",)])
def test_without_a_terminal_it_is_named(aws: FakeAws, ops: Ops, recorded: Recorded, arguments: tuple[str, ...]) -> None:
    leftover(aws)
    result = ops("deploy", *arguments, "--copy", "alice", "--", *recorded.command())
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "copy alice no longer has Extra-alice, deployed still",
        f"to remove it: {COMMAND}",
    ]


@pytest.mark.usefixtures("terminal")
def test_yes_is_about_the_deploy_alone(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    leftover(aws)
    result = ops("deploy", "--yes", "--copy", "alice", "--", *recorded.command(), typed="y\n")
    assert result.exit_code == 0
    assert COMMAND in result.stderr


@pytest.mark.usefixtures("terminal")
def test_the_person_agrees(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    leftover(aws)
    aws.no_exports()
    aws.removed(EXTRA)
    result = ops("deploy", "--copy", "alice", "--", *recorded.command(), typed="y\n")
    assert result.exit_code == 0
    assert "stack Extra-alice is removed" in result.stderr


@pytest.mark.usefixtures("terminal")
def test_what_can_not_be_removed_leaves_the_deploy_a_good_one(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.nothing_deployed("-alice")
    aws.stacks(*WANTED, {**EXTRA, "EnableTerminationProtection": True})
    result = ops("deploy", "--copy", "alice", "--", *recorded.command(), typed="y\n")
    assert result.exit_code == 0
    assert "not all of it is removed: stack Extra-alice is protected, and nothing was removed" in result.stderr


@pytest.mark.usefixtures("terminal")
def test_the_person_declines(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    leftover(aws)
    result = ops("deploy", "--copy", "alice", "--", *recorded.command(), typed="\n")
    assert result.exit_code == 0
    assert COMMAND in result.stderr


def test_nothing_is_left_over(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.nothing_deployed("-alice")
    aws.stacks(a_stack("Extra"), *WANTED)
    result = ops("deploy", "--copy", "alice", "--", *recorded.command())
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("wanted", [True, False])
def test_an_extra_is_left_over_where_no_setting_wants_it(
    aws: FakeAws, ops: Ops, recorded: Recorded, wanted: bool
) -> None:
    aws.nothing_deployed("-alice")
    told = [{"OutputKey": "Settings", "OutputValue": json.dumps({"extras": "describe"} if wanted else {})}]
    aws.stacks(*(stack | {"Outputs": told} for stack in WANTED), a_stack("Describe-alice", "alice"))
    result = ops("deploy", "--copy", "alice", "--", *recorded.command())
    assert result.exit_code == 0
    assert ("copy alice no longer has Describe-alice, deployed still" in result.stderr) is not wanted


def test_a_deploy_that_failed_looks_for_nothing(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.nothing_deployed("-alice")
    assert ops("deploy", "--copy", "alice", "--", *recorded.command(status=1)).exit_code == 1


def test_who_may_not_list_stacks_has_deployed_all_the_same(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.nothing_deployed("-alice")
    aws.refuse("cloudformation", "describe_stacks", "AccessDenied", "not authorized to perform: x:DescribeStacks")
    result = ops("deploy", "--copy", "alice", "--", *recorded.command())
    assert result.exit_code == 0
    assert "stacks that copy alice no longer has were not looked for: you lack the permission" in result.stderr
