"""Who may come in, as a setting tells it; free of the CDK, as the registry is."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from data_compute.addresses import LARGEST_FOR_SSH, more_than
from stacks.setting import parts

# The settings that let somebody in, and what may stand there beside an address: all of them; with make, one's own.
DOORS = ("web_from", "ssh_from")
EVERYBODY = "world"
MY_IP = "my-ip"
WORLD = "0.0.0.0/0"
# What the largest single organisation has; whoever lets in more must say that it is the world.
LARGEST = MappingProxyType({4: 8, 6: 32})


def _source(text: str) -> str:
    if text == EVERYBODY:
        return WORLD
    if re.fullmatch(r"pl-[0-9a-f]+", text):
        return text
    if text == MY_IP:
        raise ValueError("your address is looked up by make, not here: make deploy WEB_FROM=my-ip SSH_FROM=my-ip")
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        raise ValueError(
            f"{text!r} is not a source ({error}): use {MY_IP} (with make), a CIDR such as "
            "203.0.113.7/32, a prefix list (pl-…) or world, several with commas between"
        ) from None


def _sources(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_source, parts(text))))


def parse_sources_of_the_page(text: str) -> tuple[str, ...]:
    """Read who may open the page."""
    sources = _sources(text)
    size = _more_than(sources, LARGEST)
    if size and EVERYBODY not in parts(text):
        raise ValueError(f"these are more than {size} in all: name fewer, or say world")
    return sources


def parse_sources_of_a_login(text: str) -> tuple[str, ...]:
    """Read who may log in."""
    sources = _sources(text)
    if size := _more_than(sources, LARGEST_FOR_SSH):
        raise ValueError(
            f"these are more than {size} in all: name your own address, such as SSH_FROM=my-ip, or use "
            "`python -m ops session`, which needs nothing open"
        )
    return sources


def _more_than(sources: Sequence[str], prefixes: Mapping[int, int]) -> str | None:
    return more_than([ipaddress.ip_network(source) for source in sources if not source.startswith("pl-")], prefixes)
