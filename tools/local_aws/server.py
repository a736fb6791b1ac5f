"""The embedded AWS's own process: MiniStack with our extensions, on loopback only."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_aws import environment, port
from local_aws.gate import guarded
from local_aws.ministack.settings import save_nothing, settings
from local_aws.processes import Process
from local_aws.state import State, write_json
from ops.answers.errors import OpsError

if TYPE_CHECKING:
    from local_aws.balancers.balancers import Balancers
    from local_aws.edge.edges import Edges
    from local_aws.groups.keeper import Keeper
    from local_aws.machines.machines import Machines

LOOK_SECONDS = 1.0
MACHINES = "LOCAL_AWS_MACHINES"


def main() -> None:
    """Serve until SIGTERM."""
    state = State(Path(sys.argv[1]))
    # What `cloud.start` tells; nobody does when the server is started otherwise.
    environment.package_settings.update(json.loads(sys.stdin.read() or "{}"))
    try:
        listener = port.take(state)
    except OpsError as error:
        sys.exit(str(error))
    number = listener.getsockname()[1]
    # MiniStack reads its settings while it is imported.
    os.environ.update(
        settings(
            number,
            kept=state.kept,
            objects=state.objects,
            nowhere=state.folder / "no-docker",
            root=environment.ACCESS_KEY,
        )
    )
    if not state.is_kept:
        state.discard(state.objects)

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    from local_aws.balancers.balancers import Balancers
    from local_aws.edge.edges import Edges
    from local_aws.extensions import http_api, install, load_balancer, metadata
    from local_aws.groups.install import install as install_groups
    from local_aws.machines.machines import Machines

    machines = Machines(state, number, run_here=os.environ.get(MACHINES, "here") != "outside")
    edges = Edges(state.authority, machines.is_silent, number)
    balancers = Balancers(partial(load_balancer.place, machines))
    # Before the rest, some of which stands around all resources.
    keeper = install_groups(machines, balancers)
    install(machines, edges, balancers, state)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    write_json(state.folder / "port.json", number)
    write_json(state.server_record, {"port": number, **vars(Process.of(os.getpid()))})
    # What a request is for is known before it is asked who makes it.
    inner = metadata.serving(_once_restored(app, lambda: _carry_on(state, machines, edges, balancers, keeper)))
    whole = http_api.rooted(guarded(inner, number))
    try:
        asyncio.run(serve(whole, config, shutdown_trigger=lambda: _told_to_end(state)))
    finally:
        wanted = state.server_record.exists()
        edges.end()
        balancers.end()
        machines.end()
        if not wanted:
            state.remove()


async def _told_to_end(state: State) -> None:
    """Wait for SIGTERM, or for the state folder to go: nobody could find, let alone stop, what it described."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    while not told.is_set() and state.server_record.exists():
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), LOOK_SECONDS)
    if not state.server_record.exists():
        # Else it would make the folder anew, or write into what somebody else has put there.
        save_nothing()


def _once_restored(app: Any, carry_on: Callable[[], None]) -> Any:
    """Do something between MiniStack's start, in which it restores what was kept, and the first request."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def send_after(message: Any) -> None:
            if message["type"] == "lifespan.startup.complete":
                await asyncio.to_thread(carry_on)
            await send(message)

        await app(scope, receive, send_after if scope["type"] == "lifespan" else send)

    return wrapped


def _carry_on(state: State, machines: "Machines", edges: "Edges", balancers: "Balancers", keeper: "Keeper") -> None:
    """Run the machines and edges that ran before. What was kept is used up: one that is killed starts afresh."""
    from local_aws.extensions import rights

    state.discard(state.kept)
    rights.add_person()
    balancers.follow()
    machines.follow()
    edges.follow()
    keeper.start()


if __name__ == "__main__":
    main()
