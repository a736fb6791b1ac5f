"""`up`: from nothing to a page and a function that answer."""

import shlex
import shutil
import textwrap
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress

from local_aws import answering, decisions, deploy, fidelity, inventory, lab, sources, swap
from local_aws import cloud as clouds
from local_aws.cloud import Cloud
from local_aws.grants import denials
from local_aws.machines.disk import failures
from local_aws.spelling import spell
from local_aws.state import State
from ops.answers.errors import OpsError, in_words
from ops.answers.output import aligned, say
from ops.answers.spelling import removing
from ops.cloud.deployment import Deployment
from ops.cloud.situation import output_rows, running_rows
from ops.cloud.survey import find_situation
from ops.cloud.users import note_if_nobody
from ops.told.leftovers import find_left
from stacks.copies import read_copy, write_copy
from stacks.copy_settings import MAIN
from stacks.lab_names import is_lab
from stacks.setting import SettingsError

# A deploy takes a few; an app with requirements of its own, and what it writes, takes more.
NEEDED_MEGABYTES = 50


def up(state: State, copy: str, words: Mapping[str, str]) -> None:
    """Start the embedded AWS unless it runs, deploy to it, wait for the page and the function, say where they are.

    :param words: settings, which the next `up` of this embedded AWS knows if this one goes well.
    """
    began = time.monotonic()
    with state.locked(), ExitStack() as meanwhile:
        _check_space(state)
        told = _told(state, copy, words)
        deploy.end_leftover(state)
        cloud = _find(state)
        if cloud or state.is_kept:
            lab.check_account(state, told)
        synthesized = None
        if cloud is None:
            _make_ready(state)
            synthesized = meanwhile.enter_context(deploy.synthesis(state, copy, words))
            cloud = clouds.start(state)
        if is_lab(told):
            lab.enter(cloud)
        # Not before: one that was killed leaves a record, and a new one begins its own.
        since = decisions.size(state.decisions)
        for old in failures(state.machines):
            old.unlink()
        try:
            deploy.bootstrap(cloud)
            deploy.deploy(cloud, copy, words, synthesized and synthesized())
            found = inventory.find_copy(cloud, copy)
            inventory.start_stopped(cloud, found)
            brought = list(sources.in_assembly(state.cdk_output))
            if state.swapped(copy).exists():
                # A deploy leaves alone what is as it was deployed last, although a swap has changed it since.
                for source in (one for one in brought if not one.with_packages):
                    say(swap.swap(cloud, copy, source))
                state.swapped(copy).unlink()
            answering.wait_until_both_answer(cloud, found)
        except BaseException:
            # An embedded AWS that has gone or hangs does not hide what failed.
            with suppress(Exception):
                _tell_denials(cloud, since)
            _give_up(cloud, copy)
            raise
        sources.keep(state, copy, brought)
        write_copy(state.copies, copy, told)
    _tell(cloud, found, told, time.monotonic() - began)
    _tell_left(cloud, copy)
    if told.get("sign_in") == "true":
        note_if_nobody(cloud.here(copy))
    _tell_denials(cloud, since)
    say(f"\nNot proved here: {fidelity.summary(fidelity.find_ledger(cloud))}: `{spell(state, 'fidelity')}`")


def _told(state: State, copy: str, words: Mapping[str, str]) -> dict[str, str]:
    """Gather what the copy was told before, and now; no text takes a setting back to its default."""
    try:
        told = {**read_copy(state.copies, copy), **words}
    except SettingsError as error:
        raise OpsError(f"in {state.folder}, {error}") from None
    return {name: text for name, text in told.items() if text}


def _find(state: State) -> Cloud | None:
    """Find the embedded AWS, if one runs; one that hangs is an error."""
    running = clouds.find(state)
    if running:
        running.check()
    return running


def _make_ready(state: State) -> None:
    """Make the folder one to start in: it carries on from a kept embedded AWS, never from a killed one."""
    clouds.end_machines(state)
    if state.is_kept:
        say("carrying on from the kept embedded AWS")
    else:
        state.discard(state.deployments, state.machines, state.decisions, state.readings, state.student)
        state.create()


def _check_space(state: State) -> None:
    """Refuse at once what would fail in the middle, in one of many programs and with as many words."""
    free = shutil.disk_usage(state.folder).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        raise OpsError(f"{free} MB are free for {state.folder}, and `up` needs {NEEDED_MEGABYTES}: free some")


def _tell_denials(cloud: Cloud, since: int) -> None:
    """Say what IAM has denied meanwhile: AWS goes on after most of it, and the logs or a page are empty."""
    for words in denials(cloud, decisions.read(cloud.state.decisions, since)):
        say(f"\nIAM denied {words}")


def _tell_left(cloud: Cloud, copy: str) -> None:
    """Name the stacks that the copy no longer has: no deploy removes one."""
    if names := [stack.name for stack in find_left(cloud.here(copy))]:
        say(
            f"\nThe copy {copy} no longer has {', '.join(names)}, deployed still. To remove it: "
            f'`eval "$({spell(cloud.state, "env")})"`, then `{removing(copy, *names)}`'
        )


def _give_up(cloud: Cloud, copy: str) -> None:
    """Say what still runs, by asking it; take a first `up` back."""
    up = sources.copies_up(cloud.state)
    if not up:
        cloud.stop()
        say(f"\nnothing is left running; the embedded AWS's own log is {cloud.state.server_log}")
        return
    if copy not in up:
        say(f"\nthe copy {copy} is not up; what is: {', '.join(up)}")
    _tell_what_runs(cloud, copy)


def _tell_what_runs(cloud: Cloud, copy: str) -> None:
    try:
        cloud.check()
        found = find_situation(cloud.here(copy))
    except Exception as error:
        say(f"\nwhat runs now is not known: {in_words(error)}")
        return
    if rows := running_rows(found):
        say(f"\nwhat runs now:\n{aligned(rows)}")
    stacks = found.deployment.stacks.values()
    for name in [stack.name for stack in stacks if stack and stack.status.endswith("_IN_PROGRESS")]:
        status = spell(cloud.state, "status", copy)
        say(f"CloudFormation goes on with the stack {name}: `{status}` tells how it ends")


def _tell(cloud: Cloud, found: Deployment, told: Mapping[str, str], seconds: float) -> None:
    copy, state, api = found.copy, cloud.state, found.api_url
    rows = [
        ("The page", found.page_url),
        ("The function", api),
        *output_rows(found.stacks.values()),
        *inventory.rows_beside(cloud, found),
        ("", ""),
        ("Call it", f"curl '{api}?nums=1,2,3'"),
        ("By its name", f'eval "$({spell(state, "env")})"'),
        ("", f"aws lambda invoke --function-name {found.function} --payload '{{\"nums\": [1, 2, 3]}}' output.json"),
        *([("Settings", shlex.join(f"{name}={text}" for name, text in sorted(told.items())))] if told else []),
        ("Logs", spell(state, "logs --follow", copy)),
        ("Status", spell(state, "status", copy)),
        ("Stop", spell(state, "down")),
    ]
    which = "" if copy == MAIN else f" copy {copy},"
    say(f"\nUp after {seconds:.0f} s,{which} on this laptop only.\n\n{textwrap.indent(aligned(rows), '  ')}")
