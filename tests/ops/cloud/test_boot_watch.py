"""The watch over boot logs: what it takes down, and that it never stands in the way."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.cloud import boot_watch
from ops.cloud.boot_watch import BootWatch
from ops.cloud.here import Here
from tests.ops.fake_aws import FakeAws

OLD, NEW = "i-old/boot", "i-new/boot"
NOWHERE = Path("nowhere")


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """Synthesize an output that names the log group by its logical id."""
    output = {"ServerLogGroup": {"Value": {"Ref": "ServerLogsABC"}}}
    (tmp_path / "Streamlit.template.json").write_text(json.dumps({"Outputs": output}))
    return tmp_path


def deployed(aws: FakeAws) -> None:
    """Say that an earlier deploy has come to its end."""
    aws.stack("Streamlit", {"ServerLogGroup": "server"})


def made(aws: FakeAws, name: str | None = "server") -> None:
    """Say what a first deploy has made of the log group."""
    aws.stack("Streamlit", {}, status="CREATE_IN_PROGRESS")
    resource: dict[str, Any] = {
        "ResourceType": "AWS::Logs::LogGroup",
        "LogicalResourceId": "ServerLogsABC",
        "ResourceStatus": "CREATE_IN_PROGRESS",
        "LastUpdatedTimestamp": datetime.now(UTC),
    }
    if name:
        resource["PhysicalResourceId"] = name
    asked = {"StackName": "Streamlit", "LogicalResourceId": "ServerLogsABC"}
    aws.expect("cloudformation", "describe_stack_resource", {"StackResourceDetail": resource}, **asked)


def streams(aws: FakeAws, *names: str) -> None:
    found = [{"logStreamName": name} for name in names]
    aws.expect("logs", "describe_log_streams", {"logStreams": found}, logGroupName="server")


def lines(aws: FakeAws, stream: str, *texts: str) -> None:
    events = [{"timestamp": 1, "message": text} for text in texts]
    asked = {"logGroupName": "server", "logStreamName": stream, "limit": 40, "startFromHead": False}
    aws.expect("logs", "get_log_events", {"events": events}, **asked)


def test_a_first_deploy_from_no_stack_to_a_boot_log(aws: FakeAws, here: Here, assembly: Path) -> None:
    watch = BootWatch(here, assembly)
    aws.no_stack("Streamlit")
    watch.look()
    aws.stack("Streamlit", {}, status="REVIEW_IN_PROGRESS")
    said = "Resource ServerLogsABC does not exist for stack Streamlit"
    aws.refuse("cloudformation", "describe_stack_resource", "ValidationError", said)
    watch.look()
    made(aws, None)
    watch.look()
    made(aws)
    streams(aws, "i-new/app")
    watch.look()
    made(aws)
    streams(aws, "i-new/app", NEW)
    lines(aws, NEW)
    watch.look()
    assert watch.logs == {}
    made(aws)
    streams(aws, "i-new/app", NEW)
    lines(aws, NEW, "one ", "boot: failed: x\n")
    watch.look()
    assert watch.logs == {NEW: ["one", "boot: failed: x"]}


def test_the_log_stays_when_its_group_is_gone(aws: FakeAws, here: Here) -> None:
    watch = BootWatch(here, NOWHERE)
    deployed(aws)
    streams(aws)
    watch.look()
    deployed(aws)
    streams(aws, NEW)
    lines(aws, NEW, "boot: failed: x")
    watch.look()
    deployed(aws)
    aws.refuse("logs", "describe_log_streams", "ResourceNotFoundException")
    watch.look()
    assert watch.logs == {NEW: ["boot: failed: x"]}


def test_nothing_synthesized_is_no_trouble(aws: FakeAws, here: Here, tmp_path: Path) -> None:
    watch = BootWatch(here, tmp_path)
    aws.stack("Streamlit", {}, status="CREATE_IN_PROGRESS")
    watch.look()
    assert watch.logs == {}


def test_boots_of_earlier_deploys_are_left_alone(aws: FakeAws, here: Here) -> None:
    watch = BootWatch(here, NOWHERE)
    deployed(aws)
    streams(aws, OLD)
    watch.look()
    deployed(aws)
    streams(aws, OLD, NEW)
    lines(aws, NEW, "new")
    watch.look()
    assert watch.logs == {NEW: ["new"]}


def test_a_look_that_is_refused_is_kept_for_the_end(aws: FakeAws, here: Here) -> None:
    aws.refuse("cloudformation", "describe_stacks", "AccessDenied")
    with BootWatch(here, NOWHERE) as watch:
        pass
    watch._thread.join()
    assert isinstance(watch.trouble, Exception)
    assert watch.logs == {}


def test_one_look_follows_the_end(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot_watch, "FAREWELL_SECONDS", 60)
    monkeypatch.setattr(boot_watch, "PAUSE_SECONDS", 60)
    looks: list[bool] = []
    first = threading.Event()

    def look(watch: BootWatch) -> None:
        looks.append(watch._ending.is_set())
        first.set()

    monkeypatch.setattr(BootWatch, "look", look)
    with BootWatch(here, NOWHERE):
        assert first.wait(60)
    assert looks == [False, True]


def test_throttling_passes(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot_watch, "PAUSE_SECONDS", 0)
    looks = iter([ClientError({"Error": {"Code": "Throttling"}}, "DescribeStackResources")])
    again = threading.Event()

    def look(_: BootWatch) -> None:
        for error in looks:
            raise error
        again.set()

    monkeypatch.setattr(BootWatch, "look", look)
    with BootWatch(here, NOWHERE) as watch:
        assert again.wait(60)
    watch._thread.join()
    assert watch.trouble is None


def test_a_look_that_hangs_does_not_hold_the_end_up(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    assert boot_watch.FAREWELL_SECONDS <= 1
    monkeypatch.setattr(boot_watch, "FAREWELL_SECONDS", 0.01)
    test_is_over = threading.Event()
    monkeypatch.setattr(BootWatch, "look", lambda _: test_is_over.wait(60))
    with BootWatch(here, NOWHERE) as watch:
        pass
    assert watch._thread.is_alive()
    assert watch._thread.daemon
    test_is_over.set()
    watch._thread.join()


def test_nobody_is_asked_for_an_mfa_code(root: Path, tmp_path: Path) -> None:
    """The prompt would fall into the command's own questions."""
    config = tmp_path / "config"
    config.write_text(
        "[profile careful]\nregion = eu-central-1\nsource_profile = keys\n"
        "role_arn = arn:aws:iam::123456789012:role/r\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n"
        "[profile keys]\naws_access_key_id = none\naws_secret_access_key = none\n"
    )
    code = (
        "from ops.cloud.clients import Aws\n"
        "try: Aws(profile='careful', may_ask=False).client('logs').describe_log_groups()\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    keyless = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    clean = {**keyless, "AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=clean, capture_output=True, text=True, check=True, input="123456\n"
    )
    assert ran.stdout == "OpsError the AWS profile needs an MFA code\n"
    assert "MFA" not in ran.stderr
