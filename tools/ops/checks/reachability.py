"""The way from this laptop to the page, one step after the other; a step that fails ends it."""

import socket
from collections.abc import Iterator, Sequence

from ops.answers.errors import OpsError
from ops.answers.spelling import make, ops
from ops.checks import Check
from ops.checks.fleet import check_fleet
from ops.cloud import doors, login
from ops.cloud.deployment import Deployment
from ops.cloud.fleet import find_fleet
from ops.cloud.here import Here
from ops.cloud.machine import find_machine
from ops.cloud.machines import find_ways_in
from ops.cloud.probe import ask_api, ask_page, host_and_port
from ops.cloud.stack import Stack, half_deployed
from stacks import outputs


def check_way(here: Here, deployment: Deployment) -> Iterator[Check]:
    """Walk to the API, then to the page."""
    for name, stack in deployment.stacks.items():
        yield _stack(deployment, name, stack)
    if deployment.mean and deployment.mean.usable:
        yield _api(here, deployment.mean)
    if deployment.page and deployment.page.usable:
        yield from _to_page(here, deployment, deployment.page)


def _stack(deployment: Deployment, name: str, stack: Stack | None) -> Check:
    if not stack:
        # As after a destroy that broke off.
        left = any(deployment.stacks.values())
        otherwise = f", or `{make('destroy', deployment.copy)}` removes what is left" if left else ""
        return Check(f"Stack {name}", None, "not deployed", f"`{make('deploy', deployment.copy)}`{otherwise}")
    if not stack.usable:
        return Check(f"Stack {name}", False, stack.status, half_deployed(stack))
    return Check(f"Stack {name}", True, stack.status)


def _api(here: Here, stack: Stack) -> Check:
    url = stack.output(outputs.API_URL)
    health = ask_api(url)
    logs = f"`{ops('logs function', here.copy)}`, `{ops('logs api', here.copy)}`"
    return Check("API", health.ok, f"{url} {health.words}", "" if health.ok else logs)


def _to_page(here: Here, deployment: Deployment, stack: Stack) -> Iterator[Check]:
    url = stack.output(outputs.PAGE_URL)
    host, port = host_and_port(url)
    try:
        if deployment.fleet:
            fleet = find_fleet(here, deployment.fleet)
            machines, runs = [], not fleet.stopped
            yield from check_fleet(here, fleet)
        else:
            machines = [find_machine(here, stack.output(outputs.MACHINE)).existing()]
            runs = machines[0].state == "running"
            start = f"`{ops('start', here.copy)}`"
            yield Check("Machine", runs, f"{machines[0].id} is {machines[0].state}", "" if runs else start)
    except OpsError as error:
        yield Check("Fleet" if deployment.fleet else "Machine", False, str(error))
        return
    if not runs:
        return
    name = _name(host)
    yield name
    if name.ok is False:
        return
    found = find_ways_in(here, deployment, machines)
    door = _door("Edge" if deployment.https else "Security group", here, found, host, port)
    yield door
    # Where that lets nobody in, a port that does not answer is no second finding.
    if door.ok is not False:
        yield from _page(here, url, host, port)


def _name(host: str) -> Check:
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)}
    except OSError as error:
        return Check("Name", False, f"{host} is unknown here ({error})", "check the network and the DNS server")
    return Check("Name", True, f"{host} is {', '.join(sorted(found))}")


def _door(what: str, here: Here, found: Sequence[doors.Door], host: str, port: int) -> Check:
    passage = doors.passage(found, host, port)
    opening = doors.opening_command(here, found, port, web=True)
    open_it = f"`{opening}`, or `{ops('tunnel', here.copy)}` with nothing open"
    return Check(what, passage.ok, passage.words, open_it if passage.ok is False else "")


def _page(here: Here, url: str, host: str, port: int) -> Iterator[Check]:
    logs = f"`{ops('logs app', here.copy)}`"
    if not login.answers(host, port):
        why = f"the app is down ({logs}), or this network blocks the port (`{ops('tunnel', here.copy)}`)"
        yield Check("Port", False, f"nothing answers at {host}:{port}", why)
        return
    yield Check("Port", True, f"{host}:{port} answers")
    health = ask_page(url)
    yield Check("Page", health.ok, f"{url} {health.words}", "" if health.ok else logs)
