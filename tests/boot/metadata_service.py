"""The metadata service of one machine: the AWS CLI, cfn-signal and the app ask it, by version 2 or not at all."""

import json
import secrets
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ROLE = "machine-role"
TOKEN = "X-aws-ec2-metadata-token"  # noqa: S105
TIME_TO_LIVE = "X-aws-ec2-metadata-token-ttl-seconds"


@dataclass(frozen=True)
class Identity:
    """What the metadata service tells a machine about itself."""

    instance_id: str
    region: str = "us-east-1"
    # MiniStack's key of its one account.
    access_key: str = "test"
    version_2_only: bool = True


@dataclass
class Requests:
    """How many requests came, by the version that they used."""

    version_1: int = 0
    version_2: int = 0
    tokens: set[str] = field(default_factory=set)


def serve(listener: socket.socket, identity: Identity) -> Requests:
    """Serve until the listener is closed."""
    requests = Requests()

    class Handler(_Handler):
        pass

    Handler.identity, Handler.requests = identity, requests
    threading.Thread(target=_Server(listener, Handler).serve, daemon=True).start()
    return requests


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("", 0), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener

    def serve(self) -> None:
        # The machine's network goes with the machine, and its listener with it.
        with suppress(OSError, ValueError):
            self.serve_forever(poll_interval=0.5)

    def service_actions(self) -> None:
        """End with the listener: the loop would go on asking for a socket that is closed, without a pause."""
        if self.socket.fileno() == -1:
            raise OSError("the machine's network is gone")


class _Handler(BaseHTTPRequestHandler):
    identity: Identity
    requests: Requests

    def do_PUT(self) -> None:
        if self.path != "/latest/api/token":
            return self._answer(404)
        if not self.headers.get(TIME_TO_LIVE, "").isdigit():
            return self._answer(400)
        token = secrets.token_urlsafe(32)
        self.requests.tokens.add(token)
        return self._answer(200, token)

    def do_GET(self) -> None:
        if self.headers.get(TOKEN) in self.requests.tokens:
            self.requests.version_2 += 1
        else:
            self.requests.version_1 += 1
            if self.identity.version_2_only:
                return self._answer(401)
        found = _find(_tree(self.identity), self.path.strip("/").split("/")[1:])
        if found is None:
            return self._answer(404)
        if isinstance(found, dict):
            return self._answer(
                200, "\n".join(f"{name}/" if isinstance(below, dict) else name for name, below in found.items())
            )
        return self._answer(200, found)

    def _answer(self, status: int, text: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


def _tree(identity: Identity) -> dict[str, Any]:
    now = datetime.now(UTC)
    credentials = {
        "Code": "Success",
        "Type": "AWS-HMAC",
        "LastUpdated": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "Expiration": f"{now + timedelta(hours=6):%Y-%m-%dT%H:%M:%SZ}",
        "AccessKeyId": identity.access_key,
        "SecretAccessKey": "of-the-role",
        "Token": "of-the-role",
    }
    document = {"instanceId": identity.instance_id, "region": identity.region, "accountId": "000000000000"}
    return {
        "meta-data": {
            "instance-id": identity.instance_id,
            "local-hostname": identity.instance_id,
            "placement": {"region": identity.region, "availability-zone": f"{identity.region}a"},
            "iam": {"security-credentials": {ROLE: json.dumps(credentials)}},
        },
        "dynamic": {"instance-identity": {"document": json.dumps(document)}},
    }


def _find(tree: Any, path: list[str]) -> Any:
    for name in path:
        if not isinstance(tree, dict) or name not in tree:
            return None
        tree = tree[name]
    return tree
