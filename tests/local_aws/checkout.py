"""A copy of the checkout with an embedded AWS of its own."""

import os
import shlex
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_aws.client import client
from local_aws.cloud import Cloud, find
from local_aws.state import BYTECODE, State
from ops.cloud import probe
from stacks.copy_settings import MAIN

SOURCES = (
    "app.py",
    "cdk.json",
    "constructs",
    "lambda_src",
    "package.json",
    "stacks",
    "streamlit_src",
    "tools",
)
TOOLS = (".venv", "node_modules")
ORIGINAL = Path(__file__).parents[2]


@dataclass(frozen=True)
class Deployed:
    """What a copy's stacks say of it."""

    stacks: list[str]
    outputs: dict[str, str]

    @property
    def page_url(self) -> str:
        """Where the page is."""
        return self.outputs["StreamlitUrl"]

    @property
    def api_url(self) -> str:
        """Where the function answers."""
        return self.outputs["ApiUrl"]

    @property
    def instance_id(self) -> str:
        """The machine."""
        return self.outputs["InstanceId"]

    def page_status(self) -> int:
        """Ask whether the page is there: 200, or 0 where nobody is."""
        return ask(f"{self.page_url}/_stcore/health")[0]


@dataclass
class Checkout:
    """A copy of the sources, with the original's tools."""

    folder: Path
    environment: dict[str, str]
    # What runs a command elsewhere, such as in another network.
    prefix: list[str] = field(default_factory=list)

    @classmethod
    def copy(cls, folder: Path, environment: dict[str, str] | None = None) -> "Checkout":
        """Copy the sources."""
        for name in SOURCES:
            source = ORIGINAL / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
            else:
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, folder / name)
        for name in TOOLS:
            (folder / name).symlink_to(ORIGINAL / name)
        # Python keeps bytecode by the path it goes by: else each copy would compile the whole CDK anew.
        theirs, ours = (BYTECODE.joinpath(*(place / ".venv").parts[1:]) for place in (ORIGINAL, folder))
        theirs.mkdir(parents=True, exist_ok=True)
        ours.parent.mkdir(parents=True)
        ours.symlink_to(theirs)
        # The tools are the original's, the sources this copy's.
        sources = os.pathsep.join(str(folder / name) for name in ("tools", "constructs"))
        return cls(folder, (environment or dict(os.environ)) | {"PYTHONPATH": sources})

    @property
    def state(self) -> State:
        """Its state folder."""
        return State(self.folder / ".local-aws")

    @property
    def cloud(self) -> Cloud:
        """Its embedded AWS, which runs."""
        found = find(self.state)
        assert found
        return found

    def client(self, service: str) -> Any:
        """Make a client of its embedded AWS."""
        return client(service, self.cloud.endpoint)

    def deployed(self, copy: str = MAIN) -> Deployed:
        """Read the stacks of a copy."""
        described = self.client("cloudformation").describe_stacks()["Stacks"]
        stacks = [stack for stack in described if {"Key": "copy", "Value": copy} in stack.get("Tags", [])]
        outputs = {one["OutputKey"]: one["OutputValue"] for stack in stacks for one in stack.get("Outputs", [])}
        return Deployed(sorted(stack["StackName"] for stack in stacks), outputs)

    def command(self, *arguments: str) -> list[str]:
        """Spell a command of ours."""
        # By the original's name, so that its bytecode serves every copy.
        return [*self.prefix, str(ORIGINAL / ".venv/bin/python"), "-m", "local_aws", *arguments]

    def run(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command of ours to its end."""
        told = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=150,
            check=False,
        )
        assert told.returncode == 0 or not check, told.stdout
        return told

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command of ours."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def shell(self, script: str) -> str:
        """Run shell lines after ``eval`` of what `env` prints."""
        python = shlex.quote(str(self.folder / ".venv/bin/python"))
        told = subprocess.run(
            ["bash", "-euc", f'eval "$({python} -m local_aws env)"\n{script}'],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        return told.stdout

    def processes(self) -> list[str]:
        """List the command lines of processes that belong to this checkout; Linux only, elsewhere none."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                belongs = str(self.folder).encode() in (process / "environ").read_bytes() + (
                    process / "cmdline"
                ).read_bytes() or (process / "cwd").resolve().is_relative_to(self.folder)
                if belongs:
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        self.run("down", check=False)
        wait_until(lambda: not self.processes(), 10)
        for place in (self.folder, BYTECODE.joinpath(*self.folder.parts[1:])):
            shutil.rmtree(place, ignore_errors=True)


def ask(url: str, timeout: float = 90.0) -> tuple[int, str]:
    """Ask for the status and the text; a status of 0 says that nobody is there."""
    answer = probe.ask(url, timeout)
    return answer.status, answer.text


def wait_until(condition: Callable[[], Any], seconds: float) -> Any:
    """Wait until a condition holds, and answer what it answered."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def expect(process: "subprocess.Popen[Any]", text: str) -> None:
    """Read what a process says until it has said this."""
    assert process.stdout
    # Reading waits for ever where nothing is said.
    patience = threading.Timer(60, process.kill)
    patience.start()
    try:
        assert any(text in line for line in process.stdout), f"it did not say {text!r}"
    finally:
        patience.cancel()
