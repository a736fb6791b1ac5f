"""A later `up` that fails, is interrupted or finds a machine stopped, said as it is."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_aws.checkout import Checkout, wait_until

pytestmark = pytest.mark.system

MISTAKE = "\n\ndef lambda_handler(event, context):\n    raise KeyError('a mistake of mine')\n"
SLOW = "\nimport time\ntime.sleep(8)\n"


@pytest.fixture(scope="module")
def restored(up: Checkout) -> Iterator[None]:
    """Deploy the sources as they were, once all here have done their worst."""
    yield
    up.run("up")


@pytest.fixture
def sources(up: Checkout, restored: None) -> Iterator[tuple[Path, Path]]:  # noqa: ARG001 - for its end
    """Give the handler and a file of the app, to be edited."""
    files = up.folder / "lambda_src/calculate_mean/handler.py", up.folder / "streamlit_src/frame.py"
    before = [file.read_text() for file in files]
    yield files
    for file, text in zip(files, before, strict=True):
        file.write_text(text)


def test_a_handler_that_fails_beside_a_machine_that_was_stopped(up: Checkout, sources: tuple[Path, Path]) -> None:
    machine = up.deployed().instance_id
    up.client("ec2").stop_instances(InstanceIds=[machine])
    handler, _ = sources
    handler.write_text(handler.read_text() + MISTAKE)
    told = up.run("up", check=False).stdout
    assert f"machine {machine} is stopped: starting it\n" in told
    said, _, runs = told.partition("\nwhat runs now:\n")
    assert said.partition("\nthe function's last lines:\n")[2].count("KeyError: 'a mistake of mine'") == 1
    api, page, state, error, *_ = runs.splitlines()
    assert "it answers with an error (HTTP 500)" in api
    assert f"{up.deployed().page_url}  answers in " in page
    assert f"{machine}, t4g.small, running" in state
    assert error.startswith("error: the function http://")


def test_ctrl_c_while_a_machine_boots(up: Checkout, sources: tuple[Path, Path]) -> None:
    _, app = sources
    app.write_text(app.read_text() + SLOW)
    page = up.deployed().page_url
    started = up.start("up")

    def status() -> str:
        described = up.client("cloudformation").describe_stacks(StackName="Streamlit")
        return str(described["Stacks"][0]["StackStatus"])

    wait_until(lambda: status() == "UPDATE_IN_PROGRESS" or started.poll() is not None, 120)
    os.killpg(started.pid, signal.SIGINT)
    told, _ = started.communicate(timeout=60)
    assert f"{page}  answers in " in told
    assert "CloudFormation goes on with the stack Streamlit: `" in told
    assert told.endswith("\nstopped\n")
    wait_until(lambda: not status().endswith("_IN_PROGRESS"), 120)
