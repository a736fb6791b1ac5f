"""The deploy itself: by the real CDK command line, which knows nothing of the embedded AWS but its address."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from local_aws import cdk_lines
from local_aws.cloud import Cloud
from local_aws.environment import ACCOUNT, REGION
from local_aws.machines.disk import failures
from local_aws.processes import Process
from local_aws.state import State
from ops.answers.errors import OpsError
from ops.answers.output import say
from ops.cloud.stack import read_stack
from ops.told.cdk_command import add_settings
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
        # The template's own default is written as a condition that MiniStack cannot read.
        rights = ["--cloudformation-execution-policies", "arn:aws:iam::aws:policy/AdministratorAccess"]
        # From a folder without a cdk.json, as the app has no say in it.
        _cdk(cloud, "bootstrap", *rights, f"aws://{ACCOUNT}/{REGION}", folder=cloud.state.folder)


def deploy(cloud: Cloud, copy: str, words: Mapping[str, str]) -> None:
    """Deploy all stacks of a copy, by what it was told before and the words over it."""
    output = str(cloud.state.cdk_output)
    command = ["deploy", "--all", "--require-approval", "never", "--output", output]
    _cdk(cloud, *add_settings(command, {"copy": copy, **words}))


def end_leftover(state: State) -> None:
    """End a CDK command line whose `up` was killed."""
    left = Process.read(state.cdk_process)
    if left:
        left.stop()
        state.cdk_process.unlink()


def _cdk(cloud: Cloud, *arguments: str, folder: Path = CHECKOUT) -> None:
    state = cloud.state
    environment = os.environ | QUIET | {"AWS_ENDPOINT_URL": cloud.cdk_endpoint, ELSEWHERE: str(state.copies)}
    # The checkout's own, first on PATH.
    child, said = cdk_lines.start(["cdk", *arguments, "--no-notices"], folder, environment)
    process = Process.of(child.pid)
    process.write(state.cdk_process)
    try:
        with said:
            held_back = cdk_lines.show(said, state.cdk_log)
        status = child.wait()
    finally:
        process.stop()
        state.cdk_process.unlink(missing_ok=True)
    tell_failure(state, held_back)
    if status:
        raise OpsError(f"`cdk {arguments[0]}` failed; all its lines are in {state.cdk_log}")


def tell_failure(state: State, held_back: str) -> None:
    """Say what a machine says of its app; the CDK's hundred lines only where no machine says anything."""
    failed = failures(state.machines)
    for machine in failed:
        say(f"\n{machine.read_text(encoding='utf-8')}")
    if not failed:
        print(cdk_lines.summary(held_back), end="", file=sys.stderr, flush=True)
