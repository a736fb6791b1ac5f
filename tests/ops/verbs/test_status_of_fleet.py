"""status of a fleet: a line a machine, and what is not known does not hide the rest."""

import json

import pytest

from ops.cloud import sessions
from ops.cloud.sessions import COUNT, DOCUMENT
from tests.ops.fake_aws import FakeAws, Ops
from tests.ops.fake_fleet import BOTH, FIRST, SECOND, FakeFleet
from tests.ops.fake_page import answering

pytestmark = pytest.mark.usefixtures("price_table", "stopped_clock")


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "PAUSE_SECONDS", 0.0)


def asked(aws: FakeAws, port: int, *machines: str) -> None:
    """Expect the one command, and that each machine is asked for its answer."""
    aws.expect(
        "ssm",
        "send_command",
        {"Command": {"CommandId": "11111111-1111-1111-1111-111111111111"}},
        DocumentName=DOCUMENT,
        Targets=[{"Key": "InstanceIds", "Values": list(machines)}],
        Parameters={"commands": [COUNT.format(port=port)]},
    )


def answered(aws: FakeAws, machine: str, output: str = "", status: str = "Success") -> None:
    answer = {"Status": status, "StandardOutputContent": output}
    known = {"CommandId": "11111111-1111-1111-1111-111111111111", "InstanceId": machine}
    aws.expect("ssm", "get_command_invocation", answer, **known)


def test_each_machine_is_a_line(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    with answering(200) as page, answering(200, body="2.0") as api:
        port = int(page.url.rpartition(":")[2])
        fleet.deployment(page=page.url, api=api.url)
        fleet.group(*BOTH)
        fleet.machines(*BOTH, spot=SECOND)
        asked(aws, port, *BOTH)
        answered(aws, FIRST, "3\n")
        aws.refuse("ssm", "get_command_invocation", "InvocationDoesNotExist")
        answered(aws, SECOND, status="InProgress")
        answered(aws, SECOND, "1\n")
        fleet.balancer()
        why = {"State": "unhealthy", "Description": "Request timed out"}
        fleet.health({FIRST: "healthy", SECOND: why})
        fleet.doors("203.0.113.7/32", port=port)
        fleet.template()
        result = ops("status")
    assert result.exit_code == 0, result.stderr
    rows = [tuple(part.strip() for part in line.split("  ", 1)) for line in result.stdout.splitlines()]
    assert [words for name, words in rows if name == "Fleet"] == ["2 of 2 wanted, 2 at least, 4 at most"]
    assert [words for name, words in rows if name == "Machine"] == [
        f"{FIRST}, t4g.small, running for 60 min, eu-central-1a, on demand, healthy, 3 sessions",
        f"{SECOND}, t4g.small, running for 60 min, eu-central-1b, Spot, unhealthy (Request timed out), 1 session",
    ]
    # The balancer's own way to the machines is nobody's door.
    opened = [words for name, words in rows if name == "Open to"]
    assert opened == ["the page: 203.0.113.7/32", "SSH: 198.51.100.1/32"]


def test_without_the_right_to_count_sessions_the_rest_is_told(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment(page="http://127.0.0.1:1", api="http://127.0.0.1:1")
    fleet.group(*BOTH)
    fleet.machines(*BOTH)
    aws.refuse("ssm", "send_command", "AccessDeniedException", "not authorized to perform: ssm:SendCommand")
    fleet.balancer()
    fleet.well(*BOTH)
    fleet.doors(port=1)
    fleet.template()
    out = ops("status").stdout
    assert f"{SECOND}, t4g.small, running for 60 min, eu-central-1b, on demand, healthy\n" in out
    assert "Sessions             not counted: you lack the permission ssm:SendCommand" in out


def test_a_machine_that_does_not_answer_is_not_waited_for_long(
    aws: FakeAws, fleet: FakeFleet, ops: Ops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LIMIT_SECONDS", 0.05)
    monkeypatch.setattr(sessions, "PAUSE_SECONDS", 0.05)
    fleet.deployment(page="http://127.0.0.1:1", api="http://127.0.0.1:1")
    fleet.group(*BOTH)
    fleet.machines(*BOTH)
    asked(aws, 1, *BOTH)
    answered(aws, FIRST, "0\n")
    aws.refuse("ssm", "get_command_invocation", "InvocationDoesNotExist")
    fleet.balancer()
    fleet.well(*BOTH)
    fleet.doors(port=1)
    fleet.template()
    facts = json.loads(ops("status", "--json").stdout)
    assert [machine["sessions"] for machine in facts["machines"]] == [0, None]
    assert facts["machines"][0] | {"launched": ""} == {
        "id": FIRST,
        "state": "running",
        "type": "t4g.small",
        "launched": "",
        "zone": "eu-central-1a",
        "purchase": "on demand",
        "health": "healthy",
        "reason": "",
        "sessions": 0,
    }
    assert facts["fleet"] | {"name": ""} == {"name": "", "smallest": 2, "wanted": 2, "largest": 4}


def test_a_stopped_fleet(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment(page="http://127.0.0.1:1", api="http://127.0.0.1:1")
    fleet.group(smallest=0)
    fleet.balancer()
    fleet.well()
    fleet.page_doors("203.0.113.7/32", port=1)
    fleet.template()
    result = ops("status")
    assert [line.split("  ")[-1] for line in result.stdout.splitlines() if line.startswith("Open to")] == [
        "the page: 203.0.113.7/32"
    ]
    assert "Fleet                stopped, 0 at least, 4 at most" in result.stdout
    assert "error: the fleet is stopped: `python -m ops start` brings it back" in result.stderr
    # Two machines with their disks, the balancer with its two addresses, and the secret.
    assert "$2.28 running, $0.90 stopped" in result.stdout
