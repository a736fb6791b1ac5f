"""What an origin is asked, of what a viewer asks."""

from collections.abc import Callable
from typing import Any

from local_aws.edge import cache
from local_aws.edge.asgi import HOPS
from local_aws.edge.config import Origin
from local_aws.edge.request import Asked
from local_aws.ministack import distributions
from local_aws.ministack.distributions import Record

# What belongs to one connection.
OF_CONNECTION = {
    *HOPS,
    *("content-length", "expect", "proxy-authenticate", "proxy-authorization"),
    # Those of a handshake are made anew.
    *("sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-key", "sec-websocket-version"),
    "sec-websocket-protocol",
}
# And what CloudFront takes away from whoever asks.
DROPPED = OF_CONNECTION | {"x-forwarded-proto", "x-real-ip"}
ALWAYS = {"if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "range"}


def to_origin(asked: Asked, behavior: Record, origin: Origin) -> tuple[str, list[tuple[str, str]]]:
    """Tell what an origin is asked for, and with which headers."""
    header, cookie, query = distributions.forwarding(behavior)
    headers = {
        name: value
        for name, value in asked.headers.items()
        if name not in DROPPED | {"cookie"} and (header(name) or name in ALWAYS)
    }
    cookies = [one.strip() for one in joined(asked.headers.get("cookie"), "; ").split(";") if one.strip()]
    if kept := "; ".join(one for one in cookies if cookie(one.partition("=")[0])):
        headers["cookie"] = kept
    policy = distributions.cache_policy(behavior)
    if encoding := cache.accepted(policy, asked.headers):
        headers["accept-encoding"] = encoding
    headers.setdefault("user-agent", "Amazon CloudFront")
    headers["x-forwarded-for"] = ", ".join(filter(None, [joined(asked.headers.get("x-forwarded-for")), asked.address]))
    headers |= {name: value for name, value in distributions.marked({}, "").items() if name in ("via", "x-amz-cf-id")}
    # Whatever a viewer brings under these names is the edge's to say.
    headers |= {name.lower(): value for name, value in origin.headers}
    headers["host"] = headers.get("host", origin.host)
    target = asked.path + _kept_query(asked.query, query)
    return origin.path + target, [(name, joined(value)) for name, value in headers.items()]


def _kept_query(query: str, allowed: Callable[[str], bool]) -> str:
    parts = [part for part in query.split("&") if part and allowed(part.partition("=")[0])]
    return "?" + "&".join(parts) if parts else ""


def joined(value: Any, between: str = ", ") -> str:
    """Give a header as one line, which may have come several times."""
    return between.join(value) if isinstance(value, list) else str(value or "")
