"""The deploy itself: by the real CDK command line, which knows nothing of the embedded AWS but its address."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local_aws import cdk_lines
from local_aws.cloud import Cloud
from local_aws.environment import ACCOUNT, REGION, aws, package_settings
from local_aws.machines.disk import failures
from local_aws.processes import Process
from local_aws.state import State
from ops.answers.errors import OpsError
from ops.answers.output import say
from ops.cloud.stack import read_stack
from ops.told.cdk_command import add_settings
from stacks import lab_names
from stacks.copies import ELSEWHERE
from stacks.copy_settings import MAIN
from stacks.setting import CHECKOUT

# What `cdk bootstrap` makes.
BOOTSTRAP_STACK = "CDKToolkit"

# No question, no news, no statistics: nothing that needs a person or the internet.
QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    # Takes 3 of a synthesis's 5 seconds, leaves the templates as they are, and is what `make synth` is for.
    "CDK_VALIDATION": "false",
}


def bootstrap(cloud: Cloud) -> None:
    """Prepare the account for the CDK, once."""
    if not read_stack(cloud.here(MAIN), BOOTSTRAP_STACK):
        # The CDK's own template has a default that is written as a condition which MiniStack cannot read.
        rights = ["--cloudformation-execution-policies", "arn:aws:iam::aws:policy/AdministratorAccess"]
        how = ["--template", str(lab_names.BOOTSTRAP_TEMPLATE)] if cloud.state.student.exists() else rights
        # From a folder without a cdk.json, as the app has no say in it.
        _cdk(cloud, "bootstrap", *how, f"aws://{ACCOUNT}/{REGION}", folder=cloud.state.folder)


@contextmanager
def synthesis(state: State, copy: str, words: Mapping[str, str]) -> Iterator[Callable[[], Path]]:
    """Synthesize a copy's stacks beside what else is to be done, and give a way to wait for them.

    They are what ``deploy`` synthesizes; a start of Node's more is much less than what goes on meanwhile.
    """
    command = add_settings(["synth", "--quiet", "--output", str(state.cdk_output)], {"copy": copy, **words})
    with _running(state, state.synthesis_process, command, CHECKOUT) as (child, said):

        def wait() -> Path:
            # What there is to say of stacks the deploy says.
            told = cdk_lines.keep(said, state.cdk_log)
            if child.wait():
                print(told, end="", file=sys.stderr, flush=True)
                raise _failure(state, "synth")
            return state.cdk_output

        yield wait


def deploy(cloud: Cloud, copy: str, words: Mapping[str, str], assembly: Path | None = None) -> None:
    """Deploy all stacks of a copy, by what it was told before and the words over it.

    :param assembly: what has been synthesized of that already.
    """
    command = ["deploy", "--all", "--require-approval", "never"]
    if assembly:
        _cdk(cloud, *command, "--app", str(assembly))
    else:
        output = ["--output", str(cloud.state.cdk_output)]
        _cdk(cloud, *add_settings([*command, *output], {"copy": copy, **words}))


def end_leftover(state: State) -> None:
    """End the CDK command lines whose `up` was killed."""
    for record in (state.cdk_process, state.synthesis_process):
        left = Process.read(record)
        if left:
            left.stop()
            record.unlink()
            # The CDK's command line looks whether their process is there, as one that nobody has reaped yet is.
            for lock in state.cdk_output.glob("*.lock"):
                lock.unlink(missing_ok=True)


def _cdk(cloud: Cloud, *arguments: str, folder: Path = CHECKOUT) -> None:
    state = cloud.state
    with _running(state, state.cdk_process, arguments, folder, cloud.cdk_endpoint) as (child, said):
        held_back = cdk_lines.show(said, state.cdk_log)
        status = child.wait()
    tell_failure(state, held_back)
    if status:
        raise _failure(state, arguments[0])


@contextmanager
def _running(
    state: State, record: Path, arguments: Sequence[str], folder: Path, endpoint: str | None = None
) -> Iterator[tuple["subprocess.Popen[bytes]", IO[str]]]:
    """Run the CDK's command line, which ends with us however we end."""
    environment = os.environ | package_settings | QUIET | aws(state, endpoint) | {ELSEWHERE: str(state.copies)}
    # The checkout's own, first on PATH.
    child, said = cdk_lines.start(["cdk", *arguments, "--no-notices"], folder, environment)
    process = Process.of(child.pid)
    process.write(record)
    try:
        with said:
            yield child, said
    finally:
        process.stop()
        record.unlink(missing_ok=True)


def _failure(state: State, verb: str) -> OpsError:
    return OpsError(f"`cdk {verb}` failed; all its lines are in {state.cdk_log}")


def tell_failure(state: State, held_back: str) -> None:
    """Say what a machine says of its app; the CDK's hundred lines only where no machine says anything."""
    failed = failures(state.machines)
    for machine in failed:
        say(f"\n{machine.read_text(encoding='utf-8')}")
    if not failed:
        print(cdk_lines.summary(held_back), end="", file=sys.stderr, flush=True)
