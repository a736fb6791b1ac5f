"""What `status` advises when not all is well: on the laptop, what the laptop's own commands can mend."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local_aws import sources
from local_aws.cloud import Cloud
from local_aws.commands.status import _next_step
from local_aws.processes import Process
from local_aws.state import State
from ops.cloud.deployment import Deployment
from ops.cloud.machine import Machine
from ops.cloud.situation import Situation

NOTHING = Situation(Deployment({}, "bob"), None, None, [], [], [], [])
STOPPED = Machine("i-1", "stopped", "t4g.small", "ami-1", datetime.now(UTC), None, (), (), {}, "bob")


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """Describe an embedded AWS with one copy."""
    made = Cloud(State(tmp_path), Process(1, ""), 9)
    sources.keep(made.state, "main", [])
    return made


def test_a_copy_that_is_not_up(cloud: Cloud) -> None:
    told = _next_step(cloud, NOTHING, "bob")
    assert told.startswith("the copy bob is not up (what is: main): `")
    assert f"local_aws up --copy bob --state {cloud.state.folder}` deploys it" in told


def test_a_machine_that_was_stopped(cloud: Cloud) -> None:
    told = _next_step(cloud, replace(NOTHING, machines=[STOPPED]), "main")
    assert told.startswith("the machine is stopped: `python -m ops start`, after `eval ")


def test_what_does_not_answer(cloud: Cloud) -> None:
    assert "local_aws logs --state" in _next_step(cloud, NOTHING, "main")
