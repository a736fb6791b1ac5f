"""A second copy runs a person's own app and function beside the first."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.told.looked_up import DEFAULT_VPC_HERE
from stacks.copies import read_copy
from tests.local_aws import raw_stacks
from tests.local_aws.checkout import Checkout, expect

pytestmark = pytest.mark.system

DASHBOARD = "import streamlit\nprint('mine runs', flush=True)\n"
HANDLER = "def handler(event, context):\n    return {!r}\n"
# Where the stack's own function goes, and what a person writes there.
API_URL = "        self.api_url ="
FUNCTION = """\
        PythonFunction(self, "Score", source="lambda_src/score", handler="score.handler", function_name="score")
"""


@pytest.fixture
def my_app(up: Checkout) -> Path:
    """Make an app beside the checkout, whose entry file has a name of its own."""
    folder = up.folder.parent / "my app"
    folder.mkdir(exist_ok=True)
    (folder / "dashboard.py").write_text(DASHBOARD)
    (folder / "requirements.txt").write_text("streamlit\n")
    return folder


@pytest.fixture
def stack_file(up: Checkout) -> Iterator[Path]:
    """Give the file of a stack, to be edited."""
    path = up.folder / "stacks" / "calculate_mean_stack.py"
    before = path.read_text()
    yield path
    path.write_text(before)


@pytest.fixture
def handler(up: Checkout) -> Iterator[Path]:
    """Make the folder of another function."""
    folder = up.folder / "lambda_src" / "score"
    folder.mkdir()
    (folder / "score.py").write_text(HANDLER.format("first"))
    yield folder / "score.py"
    shutil.rmtree(folder)


@pytest.fixture
def no_alice(up: Checkout) -> Iterator[None]:
    yield
    for name in ("Streamlit-alice", "CalculateMean-alice"):
        raw_stacks.delete(up.cloud, name)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address")
@pytest.mark.usefixtures("no_alice")
def test_a_copy_with_an_app_and_a_function_of_ones_own(
    up: Checkout, my_app: Path, handler: Path, stack_file: Path
) -> None:
    told = up.run("up", "--copy", "alice", "-c", "app=../my app", "-c", "vpc=default").stdout
    assert ", copy alice, on this laptop only" in told
    assert "-m local_aws status --copy alice\n" in told
    main, alice = up.deployed(), up.deployed("alice")
    assert re.search(r"^  Copies up +alice, main$", told, re.MULTILINE)
    for instance_id, stack in ((main.instance_id, "Streamlit"), (alice.instance_id, "Streamlit-alice")):
        assert re.search(f"^  Machine +{instance_id}, running, {stack}$", told, re.MULTILINE)
    assert main.stacks == ["CalculateMean", "Streamlit"]
    assert alice.stacks == ["CalculateMean-alice", "Streamlit-alice"]
    assert main.page_url != alice.page_url
    assert (main.page_status(), alice.page_status()) == (200, 200)
    assert read_copy(up.state.copies, "alice") == {"app": "../my app", "vpc": DEFAULT_VPC_HERE}
    [machine] = up.client("ec2").describe_instances(InstanceIds=[alice.instance_id])["Reservations"]
    assert machine["Instances"][0]["VpcId"] == DEFAULT_VPC_HERE.partition(",")[0]

    told = up.run("status", "--copy", "alice").stdout
    assert alice.instance_id in told
    assert "Stack Streamlit-alice" in told
    assert "Stack Streamlit " not in told
    assert "mine runs" in up.run("logs", "app", "--copy", "alice").stdout
    assert "mine runs" not in up.run("logs", "app").stdout

    with watching(up) as watch:
        (my_app / "dashboard.py").write_text(DASHBOARD + "print('swapped in', flush=True)\n")
        expect(watch, "runs the new app")
        assert "swapped in" in up.run("logs", "app", "--copy", "alice").stdout
        stack_file.write_text(stack_file.read_text().replace(API_URL, FUNCTION + API_URL, 1))
        # The new template is deployed, and from then on the folder of its function is followed too.
        expect(watch, "watching lambda_src/calculate_mean, lambda_src/score, ")
        time.sleep(1)
        handler.write_text(HANDLER.format("second"))
        expect(watch, "score has its new code")
        answer = up.client("lambda").invoke(FunctionName="score")["Payload"].read()
        assert json.loads(answer) == "second"

    up.run("up", "--copy", "alice", "-c", "app=")
    assert up.deployed("alice").page_status() == 200
    assert "mine runs" not in up.run("logs", "app", "--copy", "alice").stdout.rpartition("boot: ")[2]
    assert (up.state.machines / up.deployed("alice").instance_id / "app" / "frame.py").exists()


@contextmanager
def watching(up: Checkout) -> Iterator["subprocess.Popen[str]"]:
    watcher = up.start("watch", "--copy", "alice")
    try:
        expect(watcher, "watching lambda_src/calculate_mean, ../my app, ")
        # watchfiles looks at the folders from now on.
        time.sleep(1)
        yield watcher
    finally:
        os.killpg(watcher.pid, signal.SIGINT)
        watcher.communicate(timeout=20)
