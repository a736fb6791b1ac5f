"""The way from this laptop to the page, one step after the other; a step that fails ends it."""

import socket
from collections.abc import Iterator

from ops import doors, login
from ops.checks import Check
from ops.deployment import Deployment, Stack, half_deployed
from ops.errors import OpsError
from ops.machine import NEW_MACHINE, Machine, find_machine
from ops.probe import ask_api, ask_page, host_and_port
from ops.verb import Here


def check_way(here: Here, deployment: Deployment) -> Iterator[Check]:
    """Walk to the API, then to the page."""
    for name, stack in zip(deployment.names, (deployment.mean, deployment.page), strict=True):
        yield _stack(name, stack)
    if deployment.mean and deployment.mean.usable:
        yield _api(deployment.mean)
    if deployment.page and deployment.page.usable:
        yield from _to_page(here, deployment.page)


def _stack(name: str, stack: Stack | None) -> Check:
    if not stack:
        return Check(f"Stack {name}", None, "not deployed", "`make deploy`")
    if not stack.usable:
        return Check(f"Stack {name}", False, stack.status, half_deployed(stack))
    return Check(f"Stack {name}", True, stack.status)


def _api(stack: Stack) -> Check:
    url = stack.output("ApiUrl")
    health = ask_api(url)
    return Check(
        "API", health.ok, f"{url} {health.words}", "" if health.ok else "`python -m ops logs function`, `logs api`"
    )


def _to_page(here: Here, stack: Stack) -> Iterator[Check]:
    url = stack.output("StreamlitUrl")
    host, port = host_and_port(url)
    try:
        machine = find_machine(here, stack.output("InstanceId")).existing()
    except OpsError as error:
        yield Check("Machine", False, str(error), NEW_MACHINE)
        return
    running = machine.state == "running"
    yield Check("Machine", running, f"{machine.id} is {machine.state}", "" if running else "`python -m ops start`")
    if not running:
        return
    name = _name(host)
    yield name
    if name.ok is False:
        return
    door = _door(here, machine, host, port)
    yield door
    # Where the group lets nobody in, a port that does not answer is no second finding.
    if door.ok is not False:
        yield from _page(url, host, port)


def _name(host: str) -> Check:
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)}
    except OSError as error:
        return Check("Name", False, f"{host} is unknown here ({error})", "check the network and the DNS server")
    return Check("Name", True, f"{host} is {', '.join(sorted(found))}")


def _door(here: Here, machine: Machine, host: str, port: int) -> Check:
    found = doors.find_doors(here, machine.security_groups)
    passage = doors.passage(found, host, port)
    open_it = f"`{doors.opening_command(here, found, port, web=True)}`, or `python -m ops tunnel` with nothing open"
    return Check("Security group", passage.ok, passage.words, open_it if passage.ok is False else "")


def _page(url: str, host: str, port: int) -> Iterator[Check]:
    if not login.answers(host, port):
        yield Check(
            "Port",
            False,
            f"nothing answers at {host}:{port}",
            "the app is down (`python -m ops logs app`), or this network blocks the port (`python -m ops tunnel`)",
        )
        return
    yield Check("Port", True, f"{host}:{port} answers")
    health = ask_page(url)
    yield Check("Page", health.ok, f"{url} {health.words}", "" if health.ok else "`python -m ops logs app`")
