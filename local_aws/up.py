"""`up`: from nothing to a page and a function that answer."""

import shutil
import time
from collections.abc import Sequence

from local_aws import cloud as clouds
from local_aws import deploy, deployment, swap
from local_aws.cloud import Cloud
from local_aws.command import say, spell
from local_aws.errors import LocalAwsError
from local_aws.state import State

# A deploy takes a few; an app with requirements of its own, and what it writes, takes more.
NEEDED_MEGABYTES = 50


def up(state: State, arguments: Sequence[str] = ()) -> None:
    """Start the embedded AWS unless it runs, deploy to it, wait for the page and the function, say where they are."""
    began = time.monotonic()
    with state.locked():
        _check_space(state)
        deploy.end_leftover(state)
        cloud = find_or_start(state)
        for old in state.machines.glob("*.failed"):
            old.unlink()
        try:
            deploy.bootstrap(cloud)
            deploy.deploy(cloud, arguments)
            found = deployment.read(cloud)
            if state.swapped.exists():
                # A deploy leaves alone what is as it was deployed last, although a swap has changed it since.
                swap.swap_function(cloud)
                swap.swap_app(cloud)
                state.swapped.unlink()
            deployment.wait_until_it_answers(found)
        except BaseException:
            _give_up(cloud)
            raise
        state.deployed.touch()
    _tell(found, time.monotonic() - began)


def find_or_start(state: State) -> Cloud:
    """Find the embedded AWS, or start one in a clean folder: carrying on from a kept one, never from a killed one."""
    running = clouds.find(state)
    if running:
        return running
    clouds.end_machines(state)
    if state.is_kept:
        say("carrying on from the kept embedded AWS")
    else:
        state.discard(state.deployed, state.swapped, state.machines)
        state.create()
    return clouds.start(state)


def _check_space(state: State) -> None:
    """Refuse at once what would fail in the middle, in one of many programs and with as many words."""
    free = shutil.disk_usage(state.folder).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        raise LocalAwsError(f"{free} MB are free for {state.folder}, and `up` needs {NEEDED_MEGABYTES}: free some")


def _give_up(cloud: Cloud) -> None:
    """Say why a machine failed, and take a first `up` back; what was deployed before keeps running."""
    for told in sorted(cloud.state.machines.glob("*.failed")):
        say(f"\n{told.read_text(encoding='utf-8')}")
    if cloud.state.deployed.exists():
        say(f"what was deployed before still runs: see {spell('status')}")
    else:
        cloud.stop()
        say(f"nothing is left running; the embedded AWS's own log is {cloud.state.server_log}")


def _tell(found: deployment.Deployment, seconds: float) -> None:
    say(
        f"""
Up after {seconds:.0f} s, on this laptop only.

  The page       {found.page_url}
  The function   {found.api_url}

  Call it        curl '{found.api_url}?nums=1,2,3'
  By its name    eval "$({spell("env")})"
                 aws lambda invoke --function-name {found.function_name} --payload '{{"nums": [1, 2, 3]}}' output.json
  Logs           {spell("logs --follow")}
  Status         {spell("status")}
  Stop           make down"""
    )
