"""What a distribution's config says to its edge."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from local_aws.edge import cache
from local_aws.ministack import distributions
from local_aws.ministack.distributions import Record

# The public name of an Elastic IP in each region, and that of an API.
ELASTIC_IP = re.compile(r"ec2-(\d+)-(\d+)-(\d+)-(\d+)\.(compute-1|[a-z0-9-]+\.compute)\.amazonaws\.com")
API = re.compile(r"(\w+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")
# A load balancer's name is its address here.
BALANCER = re.compile(r"127\.\d+\.\d+\.\d+")
UNRESERVED = re.compile(r"%([46][1-9a-f]|[57][0-9a]|3[0-9]|2[de]|5f|7e)", re.IGNORECASE)


@dataclass(frozen=True)
class Origin:
    """Where an edge gets what it has not."""

    host: str
    # Where on this laptop its name leads; None where it leads out of it.
    address: str | None
    port: int
    path: str
    headers: tuple[tuple[str, str], ...]
    read_seconds: float
    # A machine may be stopped; what else there is, is always there.
    is_machine: bool = True
    # Of the connection's near end, for who must not look like one who is on the machine.
    leaves_from: tuple[str, int] | None = None
    # CloudFront's own defaults.
    attempts: int = 3
    connect_seconds: float = 10.0


@dataclass(frozen=True)
class Group:
    """An origin, and the one in its stead when it gives one of these statuses."""

    first: Origin
    second: Origin | None = None
    statuses: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ErrorResponse:
    """What a viewer gets instead of an error, and how long it stays."""

    page: str | None
    status: int | None
    seconds: float


@dataclass(frozen=True)
class Config:
    """All of it."""

    parsed: Record
    groups: Mapping[str, Group]
    errors: Mapping[int, ErrorResponse]
    http2: bool

    def behavior(self, path: str) -> Record:
        """Find the cache behavior for a path, which may be written in many ways."""
        return distributions.behavior_for(self.parsed, normal(path))

    def error_seconds(self, status: int) -> float:
        """Tell how long an error is kept, whatever a cache policy says of good answers."""
        if told := self.errors.get(status):
            return told.seconds
        return cache.ERROR_SECONDS if status in cache.KEPT_ERRORS else 0.0

    def group(self, behavior: Record) -> Group:
        """Find where a behavior gets things."""
        return self.groups[behavior["target_origin_id"]]


def read(record: Record, api_port: int) -> Config:
    """Read a distribution.

    :param api_port: where the embedded AWS serves its APIs.
    """
    parsed, xml = distributions.settings(record), distributions.element(record)
    origins = {one["id"]: _origin(one, _origin_element(xml, one["id"]), api_port) for one in parsed["origins"].values()}
    groups = {name: Group(one) for name, one in origins.items()}
    for group in xml.iterfind("./{*}OriginGroups/{*}Items/{*}OriginGroup"):
        names = [one.text for one in group.iterfind("./{*}Members/{*}Items/{*}OriginGroupMember/{*}OriginId")]
        statuses = frozenset(int(one.text) for one in group.iterfind(".//{*}StatusCode"))
        groups[_text(group, "Id")] = Group(origins[names[0]], origins[names[1]], statuses)
    errors = {
        int(_text(one, "ErrorCode")): ErrorResponse(
            _text(one, "ResponsePagePath") or None,
            int(_text(one, "ResponseCode") or 0) or None,
            float(_text(one, "ErrorCachingMinTTL") or cache.ERROR_SECONDS),
        )
        for one in xml.iterfind("./{*}CustomErrorResponses/{*}Items/{*}CustomErrorResponse")
    }
    return Config(parsed, groups, errors, http2="http2" in _text(xml, "HttpVersion"))


def normal(path: str) -> str:
    """Bring a path into the one form in which patterns are compared, as RFC 3986 has it; the origin gets it as sent."""
    plain = UNRESERVED.sub(lambda found: unquote(found[0]), path)
    steps = posixpath.normpath(plain)
    # normpath keeps two slashes at the beginning, and takes the last one away.
    ends = "/" if plain.endswith(("/", "/.", "/..")) and steps != "/" else ""
    return "/" + steps.lstrip("/") + ends


def _origin(known: Record, xml: Any, api_port: int) -> Origin:
    host, path = known["domain_name"], known["origin_path"]
    origin = Origin(
        host=host,
        address=None,
        port=known["http_port"],
        path=path,
        headers=tuple(known["custom_headers"]),
        attempts=int(_text(xml, "ConnectionAttempts") or Origin.attempts),
        connect_seconds=float(_text(xml, "ConnectionTimeout") or Origin.connect_seconds),
        read_seconds=known["read_timeout"],
    )
    if api := API.fullmatch(host):
        headers = (*origin.headers, ("host", f"127.0.0.1:{api_port}"))
        place = f"/_aws/execute-api/{api[1]}{path}"
        return replace(origin, address="127.0.0.1", port=api_port, path=place, headers=headers, is_machine=False)
    if known["protocol_policy"] != "http-only":
        return origin
    if machine := ELASTIC_IP.fullmatch(host):
        return replace(origin, address=".".join(machine.groups()[:4]))
    if BALANCER.fullmatch(host):
        return replace(origin, address=host, is_machine=False)
    return origin


def _origin_element(xml: Any, origin_id: str) -> Any:
    return next(one for one in xml.iterfind("./{*}Origins/{*}Items/{*}Origin") if _text(one, "Id") == origin_id)


def _text(xml: Any, name: str) -> str:
    return str(xml.findtext(f"./{{*}}{name}") or "")
