"""``session`` and ``tunnel``: the machine by Session Manager, with no port open."""

import shlex
import socket
from typing import Annotated

import typer

from ops.answers.errors import OpsError
from ops.answers.options import OfMachine
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.machines import choose_machine
from ops.cloud.session import Request, cli_command, hand_over
from ops.cloud.session import tunnel as tunnel_request
from ops.verb import verb

Print = Annotated[bool, typer.Option("--print", help="Print the AWS CLI's command instead of running it.")]
LocalPort = Annotated[int, typer.Option("--port", metavar="PORT", help="The port on this laptop.", min=1024, max=65535)]


@verb
def session(here: Here, machine_id: OfMachine = None, print_only: Print = False) -> None:
    """Log in by Session Manager, with no port open."""
    deployment = read_deployment(here)
    machine = choose_machine(here, deployment, machine_id, "session").running()
    _run(here, {"Target": machine.id}, print_only, of_fleet=deployment.fleet is not None)


@verb
def tunnel(here: Here, machine_id: OfMachine = None, port: LocalPort = 8501, print_only: Print = False) -> None:
    """Bring the page to localhost, with no port open.

    It comes through Session Manager, until you press Ctrl-C.
    """
    deployment = read_deployment(here)
    machine = choose_machine(here, deployment, machine_id, "tunnel").running()
    page_port = deployment.page_port
    if not print_only and not here.json and _is_taken(port):
        raise OpsError(f"port {port} of this laptop is taken by another program: choose one, --port {port + 1}")
    _run(
        here,
        tunnel_request(machine.id, page_port, port),
        print_only,
        of_fleet=deployment.fleet is not None,
        begun=f"the page is on http://localhost:{port} until you press Ctrl-C",
    )


def _run(here: Here, request: Request, print_only: bool, *, of_fleet: bool, begun: str = "") -> None:
    if print_only or here.json:
        command = cli_command(here, request)
        here.answer({"command": command}, shlex.join(command))
    else:
        hand_over(here, request, of_fleet=of_fleet, begun=begun)


def _is_taken(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
