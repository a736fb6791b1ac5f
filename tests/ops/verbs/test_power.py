"""start, stop and reboot."""

import json
from datetime import UTC, datetime

import pytest

from ops.answers.errors import OpsError
from ops.cloud import doors, waiting
from ops.cloud.machine import Machine
from ops.cloud.power import plan
from stacks.copy_settings import MAIN
from tests.ops.fake_aws import INSTANCE, FakeAws, Ops
from tests.ops.fake_page import answering


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 0.01)


def machine(state: str) -> Machine:
    return Machine(INSTANCE, state, "t4g.small", "ami-1", datetime.now(UTC), None, (), (), {}, MAIN)


@pytest.mark.parametrize(
    ("wish", "state", "first", "call"),
    [
        ("start", "stopped", None, "start_instances"),
        ("start", "stopping", "stopped", "start_instances"),
        ("start", "pending", None, None),
        ("start", "running", None, None),
        ("stop", "running", None, "stop_instances"),
        ("stop", "pending", "running", "stop_instances"),
        ("stop", "stopping", None, None),
        ("stop", "stopped", None, None),
        ("reboot", "running", None, "reboot_instances"),
        ("reboot", "pending", "running", "reboot_instances"),
    ],
)
def test_what_a_wish_needs(wish: str, state: str, first: str | None, call: str | None) -> None:
    decided = plan(wish, machine(state))
    assert (decided.first, decided.call) == (first, call)


@pytest.mark.parametrize("wish", ["start", "stop", "reboot"])
@pytest.mark.parametrize("state", ["terminated", "shutting-down"])
def test_a_machine_that_is_gone_can_not_be_switched(wish: str, state: str) -> None:
    with pytest.raises(OpsError, match=f"is {state}.*: `make deploy GENERATION=after-{INSTANCE}`"):
        plan(wish, machine(state))


@pytest.mark.parametrize("state", ["stopped", "stopping"])
def test_a_stopped_machine_is_started_not_rebooted(state: str) -> None:
    with pytest.raises(OpsError, match="`python -m ops start` boots it"):
        plan("reboot", machine(state))


def test_start_waits_for_the_machine_and_then_for_the_page(aws: FakeAws, ops: Ops) -> None:
    with answering(503, None, 200) as page:
        port = page.url.rpartition(":")[2]
        aws.deployment(page=page.url)
        aws.machine("stopped")
        aws.doors(**{f"p{port}": ["0.0.0.0/0"]})
        aws.expect("ec2", "start_instances", {}, InstanceIds=[INSTANCE])
        aws.machine("pending")
        aws.machine("running")
        result = ops("start")
    assert result.exit_code == 0
    assert result.stdout == f"machine {INSTANCE} runs and its page answers: {page.url}\n"
    assert [path for _, path, _ in page.asked] == ["/_stcore/health"] * 3
    assert "waiting for the page" in result.stderr


def test_starting_what_runs_calls_nothing(aws: FakeAws, ops: Ops) -> None:
    with answering(200) as page:
        port = page.url.rpartition(":")[2]
        aws.deployment(page=page.url)
        aws.machine("running")
        aws.doors(**{f"p{port}": ["0.0.0.0/0"]})
        aws.machine("running")
        result = ops("start", "--json")
    assert result.exit_code == 0
    facts = json.loads(result.stdout)
    assert facts == {"machine": INSTANCE, "was": "running", "call": None, "page": page.url, "state": "running"}


def test_start_does_not_ask_a_page_that_nobody_may_open(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine("stopped")
    aws.doors(p22=["0.0.0.0/0"])
    aws.expect("ec2", "start_instances", {}, InstanceIds=[INSTANCE])
    aws.machine("running")
    result = ops("start")
    assert result.exit_code == 0
    assert "runs; its page was not asked: port 8501 is open to nobody" in result.stdout


def test_start_does_not_wait_for_a_page_that_lets_only_others_in(
    aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "my_ip", lambda: "198.51.100.1/32")
    aws.deployment()
    aws.machine("running")
    aws.doors(p8501=["203.0.113.7/32"])
    aws.machine("running")
    result = ops("start")
    assert result.exit_code == 0
    assert "not asked: port 8501 is open to 203.0.113.7/32, but this laptop is 198.51.100.1/32" in result.stdout


def test_start_fails_when_the_page_stays_away(aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LIMIT_SECONDS", 0.05)
    with answering(503) as page:
        port = page.url.rpartition(":")[2]
        aws.deployment(page=page.url)
        aws.machine("running")
        aws.doors(**{f"p{port}": ["0.0.0.0/0"]})
        aws.machine("running")
        result = ops("start")
    assert result.exit_code == 1
    assert "does not answer from here" in result.stderr
    assert "python -m ops doctor" in result.stderr


def test_stop_waits_until_the_page_is_silent(aws: FakeAws, ops: Ops) -> None:
    with answering(200, 200, None) as page:
        aws.deployment(page=page.url)
        aws.machine("running")
        aws.expect("ec2", "stop_instances", {}, InstanceIds=[INSTANCE])
        aws.machine("stopping")
        aws.machine("stopped")
        result = ops("stop", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["state"] == "stopped"
    assert len(page.asked) == 3


def test_stop_asks_aws_little_and_the_internet_nothing(aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom the page is open to, and where this laptop is, is no matter of a machine that goes to sleep."""

    def unasked(*_: object) -> str:
        raise AssertionError("the internet was asked for this laptop's address")

    monkeypatch.setattr("ops.cloud.my_ip.my_ip", unasked)
    monkeypatch.setattr(doors, "my_ip", unasked)
    aws.deployment(page="http://127.0.0.1:1")
    aws.machine("running")
    aws.expect("ec2", "stop_instances", {}, InstanceIds=[INSTANCE])
    polls = 3
    for _ in range(polls - 1):
        aws.machine("stopping")
    aws.machine("stopped")
    assert aws.expected - polls <= 6
    # Who asks for more than is expected is refused; who asks for less leaves something behind, which fails as well.
    assert ops("stop").exit_code == 0


def test_stop_while_it_boots_waits_until_ec2_takes_it(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine("pending")
    aws.machine("running")
    aws.expect("ec2", "stop_instances", {}, InstanceIds=[INSTANCE])
    aws.machine("stopping")
    result = ops("stop", "--no-wait")
    assert result.exit_code == 0
    assert result.stdout == f"machine {INSTANCE} waiting until it has started, then stopping\n"


def test_reboot_sees_the_page_go_and_come(aws: FakeAws, ops: Ops) -> None:
    with answering(200, 200, None, 503, 200) as page:
        port = page.url.rpartition(":")[2]
        aws.deployment(page=page.url)
        aws.machine("running")
        aws.doors(**{f"p{port}": ["0.0.0.0/0"]})
        aws.expect("ec2", "reboot_instances", {}, InstanceIds=[INSTANCE])
        aws.machine("running")
        result = ops("reboot")
    assert result.exit_code == 0
    assert "its page answers" in result.stdout
    paths = [path for _, path, _ in page.asked]
    assert paths == ["/_stcore/health"] * 5


def test_a_reboot_that_nobody_saw_is_no_success(aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "SILENCE_SECONDS", 0.3)
    with answering(200) as page:
        port = page.url.rpartition(":")[2]
        aws.deployment(page=page.url)
        aws.machine("running")
        aws.doors(**{f"p{port}": ["0.0.0.0/0"]})
        aws.expect("ec2", "reboot_instances", {}, InstanceIds=[INSTANCE])
        result = ops("reboot")
    assert result.exit_code == 1
    assert "has not paused" in result.stderr


@pytest.mark.parametrize(("verb", "state"), [("start", "stopped"), ("stop", "running"), ("reboot", "running")])
def test_a_rehearsal_changes_nothing(aws: FakeAws, ops: Ops, verb: str, state: str) -> None:
    aws.deployment()
    aws.machine(state)
    result = ops(verb, "--dry-run")
    assert result.exit_code == 0
    assert result.stdout == f"machine {INSTANCE} is {state}: would call ec2 {verb}_instances\n"


def test_a_machine_that_does_not_exist_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.refuse("ec2", "describe_instances", "InvalidInstanceID.NotFound", "no such")
    result = ops("stop")
    assert result.exit_code == 1
    assert "does not exist any more" in result.stderr


def test_a_machine_that_ends_while_we_wait_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine("stopped")
    aws.doors()
    aws.expect("ec2", "start_instances", {}, InstanceIds=[INSTANCE])
    aws.machine("terminated")
    result = ops("start")
    assert result.exit_code == 1
    assert "is terminated" in result.stderr
