"""``deploy``: keeps what was told, and says, should it fail, why."""

import shlex
import signal
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ops.answers.errors import FORBIDDEN, OpsError, error_code, in_words
from ops.answers.options import Copy, Yes
from ops.answers.output import note
from ops.answers.questions import is_terminal, require
from ops.answers.speaking import speaking
from ops.answers.spelling import OPS, in_the_same_aws
from ops.checks import Check
from ops.checks.account import check_bootstrap
from ops.checks.quotas import check_quotas
from ops.child import run
from ops.cloud.boot_log import why_not_up
from ops.cloud.boot_watch import BootWatch
from ops.cloud.clients import Aws
from ops.cloud.failures import going_on, say_why
from ops.cloud.here import Here
from ops.cloud.identity import say_which_aws
from ops.cloud.log_groups import ASSEMBLY
from ops.cloud.office_hours import leave_as_found, look
from ops.cloud.stack import read_stack
from ops.cloud.users import note_if_nobody
from ops.told import cdk_command
from ops.told.fleet_before import fleet_before, keep_size
from ops.told.leftovers import offer_removal
from ops.told.looked_up import in_aws
from ops.told.losses import find_losses, keeping
from ops.told.memory import remember
from ops.told.undone import deployed_settings
from ops.told.unlocked import note_unlocked
from ops.told.words import settle
from stacks.checks import check_copy, check_values
from stacks.copies import copies_folder, read_copy
from stacks.copy_settings import MAIN
from stacks.registry import PAGE
from stacks.setting import CHECKOUT

Command = Annotated[list[str], typer.Argument(help="Such as cdk deploy --all.")]


def deploy(command: Command, copy: Copy = MAIN, yes: Yes = False) -> None:
    """Run a deploy; remember what it was told.

    `make deploy` is this with `cdk deploy`. It asks before it closes a door that is open now, undoes a setting that
    this checkout was not told, or ends accounts with their sign-in; without a terminal it exits with 3 instead. What
    was typed as -c name=value and is deployed now goes into copies/NAME.json, which the next deploy reads.

    If the machine fails to boot, it says why: CloudFormation deletes the boot log of a first deploy that fails, so it
    is read while the deploy runs. What CloudFormation says is explained where it is known. A machine that its office
    hours had stopped is stopped again, and one whose hours end meanwhile is stopped. The exit status is the command's.
    """
    aws = Aws(cdk_command.option(command, "--region"), cdk_command.option(command, "--profile"), may_ask=is_terminal())
    # Around the errors too: their words name the AWS that was typed.
    with in_the_same_aws(aws.region, aws.profile):
        _deploy(aws=aws, command=command, copy=copy, yes=yes)


@speaking
def _deploy(aws: Aws, command: list[str], copy: str, yes: bool) -> None:
    rest, typed = cdk_command.take_settings(command)
    here = Here(aws, _copy(copy, typed), json=False)
    if copy != MAIN:
        typed["copy"] = copy
    told = read_copy(copies_folder(), here.copy)
    words = settle(typed, in_aws(here.aws))
    wanted = {**told, **words}
    check_values(wanted)
    say_which_aws(here.aws)
    # The CDK's command line would find out after the synthesis, CloudFormation in the middle of the deploy.
    checks = _needed(here, rest, wanted, yes=yes)
    if lacking := [f"{check.words}: {check.next_step}" for check in checks if check.ok is False]:
        raise OpsError("\n".join(lacking))
    settled = cdk_command.add_settings(rest, words)
    deployed = _deployed(here)
    fleet = fleet_before(here, deployed)
    if undone := find_losses(here, deployed, told, words):
        # Where nobody can be asked, the CDK's command line asks nobody either.
        unasked = [] if cdk_command.option(rest, "--require-approval") else ["--require-approval", "never"]
        without = f"`{OPS} deploy --yes -- {shlex.join([*settled, *unasked])}` gives it up"
        advice = f"{keeping(here, words, undone)}; {without}"
        require("Deploy all the same?", yes=yes, otherwise="nothing was deployed", advice=advice)
    note_unlocked(wanted)
    found = look(here) if wanted.get("office_hours") else None
    # While the command runs the terminal is its own: no question about an MFA code from us.
    profile = here.aws.profile
    if here.aws.hand_over():
        # For a profile the CDK's command line would ask for a code of its own.
        settled, profile = cdk_command.without(settled, "--profile"), None
    quiet = Here(Aws(here.aws.region, profile, may_ask=False), here.copy, json=False)
    output = cdk_command.option(rest, "--output") or cdk_command.option(rest, "-o")
    began = datetime.now(UTC)
    status = _run(settled, BootWatch(quiet, Path(output) if output else ASSEMBLY))
    if status == 128 + signal.SIGINT:
        note(f"\n{going_on(here.copy)}")
    elif status:
        say_why(quiet, began)
        if fleet:
            keep_size(quiet, fleet)
    if status:
        raise typer.Exit(status)
    remember(here, words)
    if wanted.get("sign_in") == "true":
        note_if_nobody(quiet)
    if found:
        leave_as_found(quiet, found)
    offer_removal(here, yes=yes)


def _copy(ours: str, typed: Mapping[str, str]) -> str:
    """Tell the copy by what is typed, for us or for the command."""
    check_copy(ours)
    theirs = typed.get("copy", ours) or MAIN
    if ours not in (MAIN, theirs):
        raise OpsError(f"--copy {ours} and -c copy={theirs} name two copies: say one")
    check_copy(theirs)
    return theirs


def _needed(here: Here, command: Sequence[str], told: Mapping[str, str], *, yes: bool) -> Iterator[Check]:
    yield check_bootstrap(here, CHECKOUT, told)
    # What is in use is counted as well as it can be: a person may know better.
    if not yes and "--all" in command and not read_stack(here, here.stack_name(PAGE)):
        yield from check_quotas(here, told, deployed=False)


def _deployed(here: Here) -> Mapping[str, str]:
    try:
        return deployed_settings(here)
    except Exception as error:
        raise OpsError(f"nothing was deployed, as what is deployed could not be read: {in_words(error)}") from error


def _run(command: list[str], boots: BootWatch) -> int:
    with boots as watch:
        status = run(command)
    if status and (reason := why_not_up(dict(watch.logs))):
        note(f"\n{reason}")
    elif status and watch.trouble and error_code(watch.trouble) in FORBIDDEN:
        note(f"\nno boot log was looked for: {in_words(watch.trouble)}")
    return status
