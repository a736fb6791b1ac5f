"""The embedded AWS as one process: start it, find it, stop it."""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, cast

from local_aws import environment
from local_aws.client import OurAws, client
from local_aws.machines import read_only
from local_aws.machines.disk import disks
from local_aws.processes import Process
from local_aws.spelling import spell
from local_aws.state import State, read_json
from ops.answers.errors import OpsError
from ops.cloud.here import Here
from ops.cloud.probe import ask
from stacks.setting import CHECKOUT

START_SECONDS = 30.0
# Longer than a busy laptop takes.
ANSWER_SECONDS = 8.0
HEALTH = "/_ministack/health"


@dataclass(frozen=True)
class Cloud:
    """An embedded AWS that runs."""

    state: State
    process: Process
    port: int

    @property
    def endpoint(self) -> str:
        """The address for SDKs; as a number, because S3 clients put bucket names before a host name."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def cdk_endpoint(self) -> str:
        """The address for the CDK command line, which takes buckets apart from a named host only."""
        return f"http://localhost:{self.port}"

    def client(self, service: str) -> Any:
        """Make a boto3 client of the embedded AWS."""
        return client(service, self.endpoint)

    def here(self, copy: str) -> Here:
        """Give it to the readers of ops, for which it is an AWS like another."""
        return Here(OurAws(endpoint=self.endpoint), copy, json=False)

    def check(self) -> None:
        """Raise unless it answers: one that hangs keeps waiting for minutes whoever asks it for more."""
        answer = ask(f"{self.endpoint}{HEALTH}", ANSWER_SECONDS)
        if answer.status != 200:
            down = spell(self.state, "down")
            raise OpsError(
                f"the embedded AWS, process {self.process.pid}, does not answer at {self.endpoint}: "
                f"{answer.text}; `{down}` ends it"
            )

    def stop(self, *, keep: bool = False) -> None:
        """Stop it and what it runs. With ``keep`` the next start carries on from here."""
        self.process.stop(patience=20.0 if keep else 3.0)
        end_machines(self.state)
        self.state.server_record.unlink(missing_ok=True)
        if not keep:
            self.state.discard(self.state.kept)


def find(state: State) -> Cloud | None:
    """Find the embedded AWS of this state folder, if one runs."""
    record = read_json(state.server_record)
    if not record:
        return None
    process = Process(record["pid"], record["started"])
    return Cloud(state, process, record["port"]) if process.runs() else None


def start(state: State) -> Cloud:
    """Start one and wait until it answers."""
    state.server_record.unlink(missing_ok=True)
    with state.server_log.open("ab") as log:
        begin = log.tell()
        child = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "local_aws.server", str(state.folder)],
            cwd=CHECKOUT,
            env=environment.isolated(state, os.environ),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )
    _tell_settings(child, environment.package_settings)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise OpsError(f"the embedded AWS did not start:\n{_last_lines(state, begin)}")
        cloud = find(state)
        if cloud and ask(f"{cloud.endpoint}{HEALTH}", timeout=2).status == 200:
            return cloud
        time.sleep(0.05)
    Process.of(child.pid).stop()
    raise OpsError(f"the embedded AWS did not answer within {START_SECONDS:.0f} s:\n{_last_lines(state, begin)}")


def _tell_settings(child: "subprocess.Popen[str]", settings: dict[str, str]) -> None:
    """Tell the server what only uv may know: not by its environment, which each function gets and may read."""
    # A server that has ended already is found out by the caller.
    with suppress(BrokenPipeError), cast("IO[str]", child.stdin) as told:
        json.dump(settings, told)


def end_machines(state: State) -> None:
    """End what an embedded AWS that was killed has left running."""
    for disk in disks(state.machines):
        process = Process.read(disk.process)
        if process:
            process.stop(patience=1.0)
        read_only.reopen(disk.app)
        disk.process.unlink(missing_ok=True)


def _last_lines(state: State, begin: int) -> str:
    said = state.server_log.read_bytes()[begin:].decode(errors="replace")
    return "\n".join(said.splitlines()[-15:])
