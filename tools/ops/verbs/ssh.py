"""``ssh``: log in, or say how."""

import os
import shlex
import shutil
from pathlib import Path
from typing import Annotated

import typer

from ops.answers.errors import OpsError
from ops.answers.options import Folder, OfMachine
from ops.answers.output import note
from ops.answers.spelling import ops
from ops.cloud import doors, login
from ops.cloud.deployment import Deployment, read_deployment
from ops.cloud.here import Here
from ops.cloud.key_file import ensure, is_too_open
from ops.cloud.key_pair import fetch, find_key_pair
from ops.cloud.lab_key import how_to_get_it
from ops.cloud.machine import Machine
from ops.cloud.machines import choose_machine, find_ways_in
from ops.cloud.probe import host_and_port
from ops.verb import verb
from stacks.registry import PAGE

Print = Annotated[bool, typer.Option("--print", help="Print the ssh command instead of running it.")]
Config = Annotated[bool, typer.Option("--config", help="Print a block for ~/.ssh/config.")]

INSTALL = "ssh is not installed: `apt-get install openssh-client`, `dnf install openssh-clients`; macOS has it"


@verb
def ssh(
    here: Here,
    machine_id: OfMachine = None,
    print_only: Print = False,
    config: Config = False,
    folder: Folder = Path(),
) -> None:
    """Log in by SSH, with the right user and key.

    The key is fetched if it is not here yet.
    """
    deployment = read_deployment(here)
    machine = choose_machine(here, deployment, machine_id, "ssh").existing()
    pair = find_key_pair(here, deployment)
    path = pair.file_in(folder).absolute()
    imported = not pair.downloaded and not path.exists() and fetch(here, pair) is None
    way = login.Login(login.user_of(here, machine), login.host_of(machine), machine.id, None if imported else path)
    obstacle = _closed_door(here, machine, deployment)
    if print_only or config or here.json:
        if obstacle:
            note(obstacle)
        if not imported and not path.exists():
            fetching = f"{path} is not here yet: `{ops('key', here.copy)}` fetches it"
            note(how_to_get_it(path.parent) if pair.downloaded else fetching)
        key_file = None if imported else str(path)
        facts = {"command": way.command, "user": way.user, "host": way.host, "keyFile": key_file}
        here.answer(facts, way.config(here.stack_name(PAGE).lower()) if config else shlex.join(way.command))
        return
    if obstacle:
        raise OpsError(obstacle)
    if not shutil.which("ssh"):
        raise OpsError(INSTALL)
    if not imported and (not path.exists() or is_too_open(path)):
        note(ensure(here, pair, path)[1])
    os.execvp(way.command[0], way.command)  # noqa: S606 - ssh takes over this process and its terminal


def _closed_door(here: Here, machine: Machine, deployment: Deployment) -> str | None:
    """Say why SSH can't work from here, if so."""
    found = find_ways_in(here, deployment, [machine])
    opened_to = doors.sources(found, doors.SSH)
    open_it = doors.opening_command(here, found, host_and_port(deployment.page_url)[1], ssh=True)
    session = f"or log in without any open port: `{ops(f'session --machine {machine.id}', here.copy)}`"
    if not opened_to:
        return f"port 22 is open to nobody. Let this laptop in: `{open_it}`; {session}"
    if not login.answers(login.host_of(machine), doors.SSH):
        return (
            f"port 22 of {machine.public_ip} does not answer from here; it is open to {doors.in_words(opened_to)}. "
            f"If that is not this laptop: `{open_it}`; {session}"
        )
    return None
