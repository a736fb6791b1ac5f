"""`up`: from nothing to a page and a function that answer."""

import shutil
import time
from collections.abc import Mapping
from contextlib import ExitStack

from local_aws import answering, decisions, deploy, inventory, lab, outcome, sources, swap
from local_aws import cloud as clouds
from local_aws.cloud import Cloud
from local_aws.machines.disk import failures
from local_aws.state import State
from ops.answers.errors import OpsError
from ops.answers.output import say
from ops.told.accounts import accounts_ending
from stacks.checks import check_values
from stacks.copies import read_copy, write_copy
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
            if ending := accounts_ending(cloud.here(copy), read_copy(state.copies, copy), told):
                say(ending)
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
            outcome.give_up(cloud, copy, since)
            raise
        sources.keep(state, copy, brought)
        write_copy(state.copies, copy, told)
    outcome.tell(cloud, found, told, time.monotonic() - began, since)


def _told(state: State, copy: str, words: Mapping[str, str]) -> dict[str, str]:
    """Gather what the copy was told before, and now; no text takes a setting back to its default."""
    try:
        told = {**read_copy(state.copies, copy), **words}
    except SettingsError as error:
        raise OpsError(f"in {state.folder}, {error}") from None
    check_values(told)
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
