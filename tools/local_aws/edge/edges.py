"""The edges follow CloudFront's records: whatever distribution there is has one, and nothing else does."""

import socket
import ssl
from functools import partial
from pathlib import Path

from local_aws.edge import config
from local_aws.edge.app import Edge
from local_aws.edge.authority import Authority
from local_aws.edge.listener import Listener
from local_aws.edge.listeners import Listeners
from local_aws.edge.origin import IsSilent
from local_aws.machines.addresses import POOL, is_free
from local_aws.ministack import distributions

FAVOURITE_PORT = 8443


class Edges:
    """All of them, on an event loop of their own, so that a busy embedded AWS never stalls a page.

    :param file: the certificate of the authority that signs theirs.
    :param api_port: where the embedded AWS serves its APIs.
    """

    def __init__(self, file: Path, is_silent: IsSilent, api_port: int) -> None:
        self._file, self._is_silent, self._api_port = file, is_silent, api_port
        self._authority: Authority | None = None
        self._listeners = Listeners("edges", self._listener, "stop that program")

    def next_domain_name(self) -> str:
        """Choose where the next distribution is to be opened.

        At 127.0.0.1 last of all: a page always takes that for its own name, and a distribution's it does not know.
        """
        for address in (*POOL[:0:-1], POOL[0]):
            place = f"{address}:{FAVOURITE_PORT}"
            if place not in distributions.distributions() and is_free(address, FAVOURITE_PORT):
                return place
        with socket.create_server((POOL[0], 0)) as any_port:
            return f"{POOL[0]}:{any_port.getsockname()[1]}"

    def follow(self) -> None:
        """Listen for each distribution that is there and enabled, and for no other."""
        found = distributions.distributions().items()
        self._listeners.follow({name for name, (_, record) in found if record["enabled"]})

    def end(self) -> None:
        """Close all of them."""
        self._listeners.end()

    def _listener(self, name: str) -> Listener:
        edge = Edge(partial(_find, name), self._is_silent, self._api_port)
        return Listener(edge, self._context(name.partition(":")[0], name))

    def _context(self, address: str, name: str) -> ssl.SSLContext:
        self._authority = self._authority or Authority(self._file)
        _, record = distributions.distributions()[name]
        protocols = ["h2", "http/1.1"] if config.read(record, self._api_port).http2 else ["http/1.1"]
        return self._authority.context(address, protocols)


def _find(name: str) -> tuple[str, distributions.Record] | None:
    return distributions.distributions().get(name)
