"""Passwords of the person's package index reach uv, and nothing else that runs."""

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from local_aws.processes import Process
from tests.local_aws.checkout import Checkout

pytestmark = pytest.mark.system

TELL = "import os\ndef handler(event, context):\n    return dict(os.environ)\n"


def function_environment(up: Checkout) -> str:
    """Ask a function what its environment is."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("tell.py", TELL)
    functions = up.client("lambda")
    ours = functions.get_function_configuration(FunctionName="calculate_mean")
    functions.create_function(
        FunctionName="tell",
        Runtime="python3.13",
        Role=ours["Role"],
        LoggingConfig=ours["LoggingConfig"],
        Handler="tell.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    try:
        return str(functions.invoke(FunctionName="tell")["Payload"].read().decode())
    finally:
        functions.delete_function(FunctionName="tell")


def test_a_function_has_no_token(up: Checkout) -> None:
    told = function_environment(up)
    assert json.loads(told)["HOME"] == str(up.state.home)
    assert "planted" not in told


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux, whose kernel tells a process's environment in /proc")
def test_nothing_that_runs_was_started_with_one(up: Checkout) -> None:
    """What a process was started with stays readable for as long as it runs, whatever it does to its environment."""
    app = Process.read(next(up.state.machines.glob("*/process.json")))
    assert app
    for process in (up.cloud.process, app):
        started_with = Path(f"/proc/{process.pid}/environ").read_bytes()
        assert b"HOME=" in started_with
        assert b"planted" not in started_with


def test_uv_got_the_persons_settings(up: Checkout) -> None:
    """It looks at the app's requirements at each boot, and makes its cache where it was told to."""
    assert (up.folder.parent / "uv-cache").is_dir()


def test_no_file_of_the_state_holds_one(up: Checkout) -> None:
    holding = [
        path
        for path in up.state.folder.rglob("*")
        if path.is_file() and not path.is_symlink() and b"planted-" in path.read_bytes()
    ]
    assert holding == []
