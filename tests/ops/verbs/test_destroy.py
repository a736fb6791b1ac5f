"""destroy removes what belongs to a copy by its tags, in an order that CloudFormation takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from ops.cloud import removal
from stacks.copies import write_copy
from tests.ops.fake_aws import HOUR_AGO, FakeAws, Ops, a_stack

MEAN, PAGE = a_stack("CalculateMean"), a_stack("Streamlit")
MEAN_OF_ALICE, PAGE_OF_ALICE = a_stack("CalculateMean-alice", "alice"), a_stack("Streamlit-alice", "alice")
OTHERS = [
    {"StackName": "CDKToolkit", "StackId": "arn:1", "StackStatus": "CREATE_COMPLETE", "CreationTime": HOUR_AGO},
    a_stack("Streamlit-bob", "bob"),
    # Somebody else's, whose name is like ours.
    a_stack("Streamlit-alice2", "alice", Tags=[{"Key": "copy", "Value": "alice"}]),
    a_stack("Streamlit-alice-Nested", "alice", ParentId=PAGE_OF_ALICE["StackId"]),
]


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "PAUSE_SECONDS", 0)


def test_every_stack_of_the_copy_goes_and_no_other(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(*OTHERS, MEAN_OF_ALICE, MEAN, PAGE, PAGE_OF_ALICE)
    aws.exports(MEAN_OF_ALICE, "Streamlit-alice")
    aws.removed(PAGE_OF_ALICE)
    aws.removed(MEAN_OF_ALICE)
    result = ops("destroy", "--copy", "alice", "--yes")
    assert result.exit_code == 0
    assert result.stdout == "copy alice: removed Streamlit-alice, CalculateMean-alice in eu-central-1\n"
    assert result.stderr.splitlines() == [
        "to be removed, with all they hold, in this order: Streamlit-alice, CalculateMean-alice in eu-central-1",
        "removing stack Streamlit-alice",
        "stack Streamlit-alice is removed",
        "removing stack CalculateMean-alice",
        "stack CalculateMean-alice is removed",
    ]


@pytest.mark.parametrize("message", ["", "with an explicit deny in an identity-based policy: policy/voc-cancel-cred"])
def test_a_labs_session_that_ends_meanwhile(aws: FakeAws, ops: Ops, message: str) -> None:
    """It is told with its reason or without; then it is asked for."""
    aws.stacks(PAGE)
    aws.no_exports()
    aws.expect("cloudformation", "delete_stack", {}, StackName=PAGE["StackId"])
    aws.refuse("cloudformation", "describe_stacks", "AccessDenied", message)
    student = "arn:aws:sts::123456789012:assumed-role/voclabs/user1=eve"
    aws.expect("sts", "get_caller_identity", {"Arn": student, "Account": "123456789012"})
    aws.refuse("cloudformation", "list_stacks", "AccessDenied", "policy/voc-cancel-cred")
    said = ops("destroy", "--yes").stderr.splitlines()
    assert said[-1].startswith("error: your lab session has ended: start the lab again and paste its new credentials;")


def test_a_stack_that_the_settings_no_longer_have_goes_too(aws: FakeAws, ops: Ops) -> None:
    extra = a_stack("Extra")
    aws.stacks(extra, MEAN)
    aws.no_exports()
    aws.removed(extra)
    aws.removed(MEAN)
    assert json.loads(ops("destroy", "--yes", "--json").stdout) == {
        "stacks": ["Extra", "CalculateMean"],
        "dryRun": False,
    }


@pytest.mark.parametrize(
    ("copy", "name"), [("main", "Streamlit"), ("alice", "Streamlit-alice"), ("alice-2", "Streamlit-alice-2")]
)
def test_an_earlier_version_tagged_no_copy(aws: FakeAws, ops: Ops, copy: str, name: str) -> None:
    stacks = [a_stack(name, None) for name in ("Streamlit", "Streamlit-alice", "Streamlit-alice-2")]
    aws.stacks(*stacks)
    aws.no_exports()
    result = ops("destroy", "--copy", copy, "--dry-run")
    assert result.stdout == f"would remove {name} in eu-central-1, in this order\n"


def test_somebody_elses_name_is_no_copy(aws: FakeAws, ops: Ops) -> None:
    """A stack with our project's tag, such as of one's own app in this library."""
    aws.stacks(a_stack("My-notebook", None), a_stack("Streamlit-main", None))
    result = ops("destroy", "--copy", "notebook", "--yes")
    assert result.stderr.startswith("error: copy notebook has no stack")


def test_a_stack_that_was_never_deployed_to_its_end_goes_too(aws: FakeAws, ops: Ops) -> None:
    """Its tags come with its first deploy; the tags of others, and other names, are not ours to judge."""
    reviewed: dict[str, Any] = {"StackStatus": "REVIEW_IN_PROGRESS", "Tags": []}
    tagged = [{"Key": "owner", "Value": "bob"}]
    theirs = [a_stack("Notebook", **reviewed), a_stack("CalculateMean", **{**reviewed, "Tags": tagged})]
    aws.stacks(a_stack("Streamlit", **reviewed), a_stack("CalculateMean", Tags=[]), *theirs)
    aws.no_exports()
    result = ops("destroy", "--dry-run")
    assert result.stdout == "would remove Streamlit in eu-central-1, in this order\n"


@pytest.mark.usefixtures("terminal")
def test_the_person_agrees(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(MEAN)
    aws.exports(MEAN)
    aws.removed(MEAN)
    result = ops("destroy", typed="y\n")
    assert result.exit_code == 0
    assert "Remove them? [y/N]" in result.stderr


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("typed", ["\n", "n\n", ""])
def test_the_person_declines(aws: FakeAws, ops: Ops, typed: str) -> None:
    aws.stacks(MEAN)
    aws.no_exports()
    assert ops("destroy", typed=typed).exit_code == 1


def test_nobody_to_ask(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(MEAN)
    aws.no_exports()
    result = ops("destroy", typed="y\n")
    assert result.exit_code == 3
    assert "error: nothing was removed, as there is no terminal to ask at" in result.stderr
    assert "`python -m ops destroy --yes` asks nothing" in result.stderr


def test_a_rehearsal(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(MEAN, PAGE)
    aws.exports(MEAN, "Streamlit")
    result = ops("destroy", "--dry-run", "--json")
    assert json.loads(result.stdout) == {"stacks": ["Streamlit", "CalculateMean"], "dryRun": True}


def test_a_protected_stack_stops_it_at_once(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(MEAN_OF_ALICE, {**PAGE_OF_ALICE, "EnableTerminationProtection": True})
    result = ops("destroy", "--copy", "alice", "--yes")
    assert result.exit_code == 1
    assert "stack Streamlit-alice is protected, and nothing was removed: " in result.stderr
    assert "`make deploy COPY=alice TERMINATION_PROTECTION=false`" in result.stderr


def test_a_protected_stack_that_no_deploy_reaches(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(a_stack("Extra", EnableTerminationProtection=True))
    assert "`aws cloudformation update-termination-protection" in ops("destroy", "--yes").stderr


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"])
def test_a_protected_stack_whose_first_deploy_failed(aws: FakeAws, ops: Ops, status: str) -> None:
    """CloudFormation updates no such stack, so no deploy can end its protection."""
    aws.stacks({**PAGE, "EnableTerminationProtection": True, "StackStatus": status})
    command = "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name"
    assert f"`{command} Streamlit` ends that" in ops("destroy", "--yes").stderr


def test_only_what_is_named(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(MEAN, {**PAGE, "EnableTerminationProtection": True}, a_stack("Extra"))
    aws.no_exports()
    aws.removed(a_stack("Extra"))
    assert ops("destroy", "Extra", "--yes").exit_code == 0


def test_a_stack_of_another_copy_is_refused(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(MEAN, PAGE, PAGE_OF_ALICE)
    result = ops("destroy", "Streamlit", "Streamlit-alice", "--yes")
    assert result.exit_code == 1
    assert "Streamlit-alice is no stack of copy main, which has CalculateMean, Streamlit" in result.stderr


def test_what_a_staying_stack_uses_stays(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(MEAN, PAGE)
    aws.exports(MEAN, "Streamlit")
    result = ops("destroy", "CalculateMean", "--yes")
    assert result.exit_code == 1
    assert "stack CalculateMean is used by Streamlit, and nothing was removed" in result.stderr


def test_no_stack_at_all(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(*OTHERS)
    result = ops("destroy", "--copy", "carol", "--yes")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: copy carol has no stack in eu-central-1 of this account")


def test_a_stack_that_will_not_go(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(MEAN, PAGE)
    aws.exports(MEAN, "Streamlit")
    # CloudFormation takes a moment to begin.
    aws.removed(PAGE, "CREATE_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_FAILED")
    aws.expect(
        "cloudformation",
        "describe_stack_events",
        {
            "StackEvents": [
                event(PAGE, "Streamlit", PAGE["StackId"], "DELETE_FAILED", "The following resources failed"),
                event(PAGE, "ServerAddress", "eip-1", "DELETE_FAILED", "it is in use"),
                event(PAGE, "ServerLogs", "logs-1", "DELETE_COMPLETE", ""),
                event(PAGE, "Streamlit", PAGE["StackId"], "DELETE_IN_PROGRESS", ""),
                event(PAGE, "ServerLogs", "logs-1", "DELETE_FAILED", "of an earlier try"),
            ]
        },
        StackName=PAGE["StackId"],
    )
    result = ops("destroy", "--yes")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "error: stack Streamlit is DELETE_FAILED: ServerAddress: it is in use\n" in result.stderr


def test_what_is_left_in_the_network_is_explained(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(PAGE)
    aws.no_exports()
    aws.removed(PAGE, "DELETE_FAILED")
    failed = event(PAGE, "Vpc", "vpc-1", "DELETE_FAILED", "The vpc 'vpc-1' has dependencies and cannot be deleted.")
    aws.expect("cloudformation", "describe_stack_events", {"StackEvents": [failed]}, StackName=PAGE["StackId"])
    said = ops("destroy", "--yes").stderr.splitlines()[-1]
    assert "GuardDuty" in said
    assert said.endswith("then again what you did, `make deploy` or `make destroy`")


@pytest.mark.parametrize("ends", ["DELETE_COMPLETE", "DELETE_FAILED"])
def test_the_failure_of_an_earlier_try_is_not_ours(aws: FakeAws, ops: Ops, ends: str) -> None:
    failed = {**PAGE, "StackStatus": "DELETE_FAILED"}
    begun = event(PAGE, "begun", PAGE["StackId"], "DELETE_IN_PROGRESS", "")
    first, second = (event(PAGE, name, PAGE["StackId"], "DELETE_FAILED", f"{name} try") for name in ("first", "second"))

    def then(status: str, *events: dict[str, Any]) -> None:
        described = {"Stacks": [{**PAGE, "StackStatus": status}]}
        aws.expect("cloudformation", "describe_stacks", described, StackName=PAGE["StackId"])
        if events:
            aws.expect("cloudformation", "describe_stack_events", {"StackEvents": list(events)})

    aws.stacks(failed)
    aws.no_exports()
    aws.expect("cloudformation", "describe_stack_events", {"StackEvents": [first]})
    aws.expect("cloudformation", "delete_stack", {}, StackName=PAGE["StackId"])
    then("DELETE_FAILED", first)
    then("DELETE_FAILED", begun, first)
    if ends == "DELETE_FAILED":
        then(ends, second, begun, first)
        # And once more, for its words.
        aws.expect("cloudformation", "describe_stack_events", {"StackEvents": [second, begun, first]})
    else:
        then(ends)
    assert ops("destroy", "--yes").exit_code == (ends == "DELETE_FAILED")


def event(stack: dict[str, Any], name: str, physical: str, status: str, reason: str) -> dict[str, Any]:
    return {
        "StackId": stack["StackId"],
        "EventId": name,
        "StackName": stack["StackName"],
        "LogicalResourceId": name,
        "PhysicalResourceId": physical,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "Timestamp": HOUR_AGO,
    }


def test_what_the_copy_was_told_stays(aws: FakeAws, ops: Ops, copies: Path) -> None:
    file = write_copy(copies, "main", {"port": "9000"})
    aws.stacks(MEAN)
    aws.no_exports()
    aws.removed(MEAN)
    assert "copies/main.json stays: it is what the next deploy of the copy is told" in ops("destroy", "--yes").stderr
    assert file
    assert json.loads(file.read_text()) == {"port": "9000"}
