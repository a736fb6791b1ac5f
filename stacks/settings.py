"""The app's settings: flat context keys, with their defaults in cdk.json, read and checked in this one place."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs

from data_compute.addresses import more_than
from stacks.registry import named

WORLD = "0.0.0.0/0"
# What the largest single organisation has; whoever lets in more must say that it is the world.
LARGEST = MappingProxyType({4: 8, 6: 32})
RETENTION: Mapping[int, logs.RetentionDays] = MappingProxyType(
    {
        1: logs.RetentionDays.ONE_DAY,
        3: logs.RetentionDays.THREE_DAYS,
        7: logs.RetentionDays.ONE_WEEK,
        14: logs.RetentionDays.TWO_WEEKS,
        30: logs.RetentionDays.ONE_MONTH,
        90: logs.RetentionDays.THREE_MONTHS,
        180: logs.RetentionDays.SIX_MONTHS,
        365: logs.RetentionDays.ONE_YEAR,
    }
)


class SettingsError(ValueError):
    """A setting that the app does not know, or a value that it cannot take."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the person who deploys has chosen. Each field is the context key of the same name."""

    copy: str
    function_name: str
    generation: str
    allow_origins: tuple[str, ...]
    web_from: tuple[str, ...]
    ssh_from: tuple[str, ...]
    instance_type: str
    port: int
    public_key: str | None
    log_retention_days: int
    termination_protection: bool

    @property
    def log_retention(self) -> logs.RetentionDays:
        """The retention as CloudWatch Logs names it."""
        return RETENTION[self.log_retention_days]

    def named(self, name: str) -> str:
        """Name a thing of this copy."""
        return named(name, self.copy)


def read_settings(context: Mapping[str, Any]) -> Settings:
    """Read the settings from the app's context, or raise one ``SettingsError`` that lists what is wrong.

    Keys with ``:`` or a leading ``@`` are the CDK's own.
    """
    given = {key: value for key, value in context.items() if ":" not in key and not key.startswith("@")}
    errors = [
        f"{key} is not a setting; the settings are {', '.join(sorted(PARSERS))}"
        for key in sorted(given.keys() - PARSERS.keys())
    ]
    errors += [f"{key} has no value: cdk.json holds the default" for key in sorted(PARSERS.keys() - given.keys())]
    values = {}
    for key in sorted(PARSERS.keys() & given.keys()):
        try:
            values[key] = PARSERS[key](str(given[key]).strip())
        except ValueError as error:
            errors.append(f"{key}={given[key]!r}: {error}")
    if errors:
        raise SettingsError("\n".join(errors))
    return Settings(**values)


def peers(sources: tuple[str, ...]) -> list[ec2.IPeer]:
    """Turn checked CIDRs and prefix lists into what a security group takes."""
    return [_peer(source) for source in sources]


def _peer(source: str) -> ec2.IPeer:
    if source.startswith("pl-"):
        return ec2.Peer.prefix_list(source)
    return ec2.Peer.ipv6(source) if ":" in source else ec2.Peer.ipv4(source)


def _matching(pattern: str, allowed: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"use {allowed}")
        return value

    return parse


def _parts(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))


def _sources(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_source, _parts(value))))


def _sources_of_the_page(value: str) -> tuple[str, ...]:
    sources = _sources(value)
    networks = [ipaddress.ip_network(source) for source in sources if not source.startswith("pl-")]
    size = more_than(networks, LARGEST)
    if size and "world" not in _parts(value):
        raise ValueError(f"these are more than {size} in all: name fewer, or say world")
    return sources


def _source(value: str) -> str:
    if value == "world":
        return WORLD
    if re.fullmatch(r"pl-[0-9a-f]+", value):
        return value
    if value == "my-ip":
        raise ValueError("your address is looked up by make, not here: make deploy WEB_FROM=my-ip SSH_FROM=my-ip")
    try:
        return str(ipaddress.ip_network(value))
    except ValueError as error:
        raise ValueError(
            f"{value!r} is not a source ({error}): use a CIDR such as 203.0.113.7/32, a prefix list (pl-…) or world, "
            "several with commas between"
        ) from None


def _port(value: str) -> int:
    if not re.fullmatch(r"[0-9]{4,5}", value) or not 1024 <= int(value) <= 65535:
        raise ValueError("use a number from 1024 to 65535")
    return int(value)


def _retention(value: str) -> int:
    if not re.fullmatch(r"[0-9]+", value) or int(value) not in RETENTION:
        raise ValueError(f"use one of {', '.join(map(str, RETENTION))}")
    return int(value)


def _flag(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError("use true or false")
    return value.lower() == "true"


PARSERS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "allow_origins": _parts,
        "copy": _matching(r"([A-Za-z][A-Za-z0-9-]{0,19})?", "up to 20 letters, digits and hyphens"),
        "function_name": _matching(r"[A-Za-z0-9_-]{1,43}", "1 to 43 letters, digits, hyphens and underscores"),
        "generation": _matching(r"[A-Za-z0-9_-]{1,40}", "1 to 40 letters, digits, hyphens and underscores"),
        "instance_type": _matching(
            r"[a-z]+[0-9]{1,2}[a-z-]*\.[a-z0-9-]+", "the name of an EC2 instance type, such as t4g.small"
        ),
        "log_retention_days": _retention,
        "port": _port,
        "public_key": lambda value: value or None,
        "ssh_from": _sources,
        "termination_protection": _flag,
        "web_from": _sources_of_the_page,
    }
)
