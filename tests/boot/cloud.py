"""An embedded AWS for machines that really boot: stacks are deployed to it, and the hypervisor runs their instances."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_logs as logs
from botocore.exceptions import BotoCoreError
from constructs import Construct

from data_compute import StreamlitServer
from local_aws import cloud as local_cloud
from local_aws.state import State
from stacks.setting import CHECKOUT
from tests.boot.machine import wait_for

ASSETS = "cdk-hnb659fds-assets-000000000000-us-east-1"
TINY_REQUIREMENTS = "streamlit==1.67.0\n"
LOG_GROUP = "AWS::Logs::LogGroup"
INSTANCE = "AWS::EC2::Instance"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"


class Page(Stack):
    """A stack that holds one server."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        app: Path,
        log_group_name: str = "",
        entry_file: str = "app.py",
        **options: Any,
    ) -> None:
        super().__init__(scope, name)
        if log_group_name:
            options["log_group"] = logs.LogGroup.from_log_group_name(self, "Logs", log_group_name)
        self.server = StreamlitServer(self, "Server", app=app, entry_file=entry_file, **options)
        CfnOutput(self, "Address", value=self.server.elastic_ip.attr_public_ip)


def write_app(folder: Path, script: str, requirements: str = TINY_REQUIREMENTS, lock: str = "") -> Path:
    """Write an app that consists of one script."""
    folder.mkdir()
    (folder / "app.py").write_text(script, encoding="utf-8")
    (folder / "requirements.txt").write_text(requirements, encoding="utf-8")
    if lock:
        (folder / "requirements.lock").write_text(lock, encoding="utf-8")
    return folder


def write_part(folder: Path, script: str) -> Path:
    """Write a part of the boot that consists of its script."""
    folder.mkdir()
    (folder / "part.sh").write_text(script, encoding="utf-8")
    return folder


class Cloud:
    """The embedded AWS, deployed to without the CDK's command line: the boot is what is under test here."""

    def __init__(self, running: local_cloud.Cloud) -> None:
        self.port = running.port
        # What ended the hypervisor before its time; nobody need wait any longer then.
        self.broken: Exception | None = None
        self.ec2 = running.client("ec2")
        self.balancers = running.client("elbv2")
        self.logs = running.client("logs")
        self.secrets = running.client("secretsmanager")
        self._s3 = running.client("s3")
        self._cloudformation = running.client("cloudformation")
        # All that `cdk bootstrap` leaves that a deploy here asks for.
        self._s3.create_bucket(Bucket=ASSETS)
        running.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")

    def deploy(self, app: App) -> None:
        """Publish what there is of the stacks' files, and begin to create or update them all."""
        assembly = app.synth()
        for artifact in assembly.stacks:
            folder = Path(assembly.directory)
            for asset in json.loads((folder / f"{artifact.id}.assets.json").read_text())["files"].values():
                if (folder / asset["source"]["path"]).exists():
                    self._publish(folder, asset)
            self._begin(artifact.stack_name, json.dumps(artifact.template))

    def wait(self, stack_name: str, seconds: float) -> str:
        """Wait until CloudFormation is through with a stack, and give the state it is in."""

        def settled() -> str | None:
            if self.broken:
                raise self.broken
            status = self._cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]["StackStatus"]
            # Replaced machines go while the update cleans up.
            return None if status.endswith("IN_PROGRESS") else str(status)

        return wait_for(settled, f"the end of the deploy of {stack_name}", seconds, pause=0.3)

    def events(self, stack_name: str) -> list[dict[str, Any]]:
        """List what happened to a stack, the oldest first."""
        events: list[dict[str, Any]] = self._cloudformation.describe_stack_events(StackName=stack_name)["StackEvents"]
        return events[::-1]

    def signals(self, stack_name: str) -> list[str]:
        """List the signals that came for the stack's machines: SUCCESS or FAILURE."""
        words = [event.get("ResourceStatusReason", "").split() for event in self.events(stack_name)]
        return [line[1] for line in words if line[:1] == ["Received"] and line[2:3] == ["signal"]]

    def physical_id(self, stack_name: str, resource_type: str) -> str:
        """Give the id of the stack's one resource of a type, or of the one that was created last."""
        found = [
            event["PhysicalResourceId"]
            for event in self.events(stack_name)
            if event["ResourceType"] == resource_type and event.get("PhysicalResourceId")
        ]
        return str(found[-1])

    def log(self, stack_name: str, stream: str) -> str:
        """Read a log stream of the stack's own log group."""
        return self.read_log(self.physical_id(stack_name, LOG_GROUP), stream)

    def read_log(self, log_group_name: str, stream: str) -> str:
        """Read a log stream; empty if there is none yet."""
        try:
            events = self.logs.get_log_events(logGroupName=log_group_name, logStreamName=stream, startFromHead=True)[
                "events"
            ]
        except self.logs.exceptions.ResourceNotFoundException:
            return ""
        return "\n".join(event["message"] for event in events)

    def address(self, stack_name: str) -> str:
        """Give the stack's Elastic IP."""
        outputs = self._cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]["Outputs"]
        return next(str(output["OutputValue"]) for output in outputs if output["OutputKey"] == "Address")

    def machine_data(self, stack_name: str) -> Mapping[str, Any]:
        """Give what the stack's machine is made of, as the deployed template has it."""
        body = self._cloudformation.get_template(StackName=stack_name)["TemplateBody"]
        resources = (json.loads(body) if isinstance(body, str) else body)["Resources"].values()
        made_of = next(one["Properties"] for one in resources if one["Type"] == LAUNCH_TEMPLATE)
        data: Mapping[str, Any] = made_of["LaunchTemplateData"]
        return data

    def _begin(self, stack_name: str, template: str) -> None:
        request = {"StackName": stack_name, "TemplateBody": template, "Capabilities": ["CAPABILITY_IAM"]}
        known = self._cloudformation.list_stacks()["StackSummaries"]
        if any(stack["StackName"] == stack_name for stack in known):
            self._cloudformation.update_stack(**request)
        else:
            self._cloudformation.create_stack(**request)

    def _publish(self, folder: Path, asset: Mapping[str, Any]) -> None:
        source = folder / asset["source"]["path"]
        for destination in asset["destinations"].values():
            with TemporaryFile() as packed:
                if asset["source"]["packaging"] == "zip":
                    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                        for path in sorted(source.rglob("*")):
                            archive.write(path, path.relative_to(source))
                else:
                    packed.write(source.read_bytes())
                packed.seek(0)
                self._s3.put_object(Bucket=ASSETS, Key=destination["objectKey"], Body=packed)


@contextmanager
def running_cloud(folder: Path) -> Iterator[Cloud]:
    """Run an embedded AWS whose instances somebody else boots."""
    state = State(folder)
    state.create()
    server = subprocess.Popen(
        [sys.executable, "-m", "local_aws.server", str(folder)],
        cwd=CHECKOUT,
        env=os.environ | {"LOCAL_AWS_MACHINES": "outside"},
        stdin=subprocess.DEVNULL,
        stdout=state.server_log.open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield Cloud(wait_for(lambda: _answering(state), "the start of the embedded AWS", 60))
    finally:
        server.terminate()
        server.wait(timeout=20)


def _answering(state: State) -> local_cloud.Cloud | None:
    found = local_cloud.find(state)
    try:
        if found:
            found.client("s3").list_buckets()
    except BotoCoreError:
        return None
    return found
