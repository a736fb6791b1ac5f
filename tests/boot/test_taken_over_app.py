"""An app that somebody has taken over: what it cannot do to the machine, and that it is gone after a restart."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk import aws_s3 as s3

from tests.boot.cloud import Cloud, Page, write_app
from tests.boot.hypervisor import Hypervisor
from tests.boot.machine import Machine, wait_for

pytestmark = pytest.mark.system

STATE = "/var/lib/private/streamlit"
FLOODS = 3


@pytest.fixture(scope="module")
def machines(cloud: Cloud, hypervisor: Hypervisor, folder: Path) -> dict[str, Machine]:
    """Deploy the app twice: with nothing granted, and with something."""
    app = App(outdir=str(folder / "cdk.out"))
    source = write_app(folder / "app", Path(__file__).with_name("taken_over_app.py").read_text(encoding="utf-8"))
    Page(app, "TakenOver", source)
    hypervisor.let_compile("TakenOver")
    granted = Page(app, "Granted", source)
    s3.Bucket.from_bucket_name(granted, "Data", "their-data").grant_read(granted.server)
    cloud.deploy(app)
    return {
        "TakenOver": hypervisor.deployed("TakenOver", 180),
        "Granted": hypervisor.deployed("Granted", 180),
    }


@pytest.fixture(scope="module")
def machine(machines: dict[str, Machine]) -> Machine:
    return machines["TakenOver"]


def outcome(machine: Machine) -> dict[str, Any]:
    """Let the app try anew, and give what it could do."""
    assert machine.serves()
    found: dict[str, Any] = json.loads(machine.run("cat", f"{STATE}/outcome.json"))
    return found


def test_app_cannot_become_the_machine(machine: Machine) -> None:
    assert outcome(machine)["access key"] == "no answer: timed out"
    # The machine itself can, on the same way.
    ask = ["--request", "PUT", "--header", "X-aws-ec2-metadata-token-ttl-seconds: 60"]
    assert len(machine.run("curl", "--silent", *ask, "http://169.254.169.254/latest/api/token")) > 20


def test_app_has_the_role_that_it_was_granted_something(machines: dict[str, Machine]) -> None:
    assert outcome(machines["Granted"])["access key"] == machines["Granted"].identity.access_key


@pytest.mark.parametrize("how", [["restart"], ["kill", "--signal=KILL"]], ids=lambda how: how[0])
def test_app_is_gone_after_its_end(machine: Machine, how: list[str]) -> None:
    assert outcome(machine)["checks forgery"]
    machine.run("touch", f"{STATE}/do-linger")
    assert machine.serves()
    assert machine.run("ls", f"{STATE}/lingers")

    machine.run("systemctl", *how, "streamlit")
    wait_for(machine.serves, "the page after a restart", 40)
    assert machine.run("find", STATE, "-name", "ran-*") == ""
    assert outcome(machine)["checks forgery"]


def test_root_compiles_what_the_next_start_loads(machine: Machine) -> None:
    compiled = "/opt/data-compute/venv/lib/python3.12/site-packages/streamlit/__pycache__/__init__.cpython-312.pyc"
    wait_for(lambda: compiled in machine.run("find", compiled, check=False).split(), "the bytecode", 120)
    owners = machine.run("find", "/opt/data-compute", "-name", "*.pyc", "-printf", "%u\\n")
    assert {*owners.split()} == {"root"}


def test_unit_leaves_the_machine_a_quarter_of_its_memory(machine: Machine) -> None:
    limit = int(machine.unit("MemoryMax")["MemoryMax"])
    kilobytes = int(machine.run("awk", "/^MemTotal/ { print $2 }", "/proc/meminfo"))
    assert limit == pytest.approx(kilobytes * 1024 * 0.75, rel=0.01)


def test_a_flood_ends_the_flooder_alone_however_often(machine: Machine) -> None:
    def others() -> str:
        asked = ["systemd-journald", "dbus", "amazon-cloudwatch-agent"]
        return machine.run("systemctl", "show", "--property=Id,MainPID", *asked)

    machine.limit_memory("400M")
    wait_for(machine.serves, "the page with a limit", 30)
    before, restarts = others(), int(machine.unit("NRestarts")["NRestarts"])
    for flood in range(FLOODS):
        machine.run("touch", f"{STATE}/do-use_up_the_memory")
        assert not machine.serves()
        wait_for(machine.serves, f"the page after {flood + 1} floods", 40)
    assert int(machine.unit("NRestarts")["NRestarts"]) == restarts + FLOODS
    assert others() == before
