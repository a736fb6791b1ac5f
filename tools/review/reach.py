"""What rules let through, port by port, before and after."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from review.addresses import Addresses

EVERYTHING = "-1"
LAST_PORT = 65535
# The first and the last.
Ports = tuple[int, int]


@dataclass(frozen=True)
class Who:
    """Those at some addresses, and others that a template only names: groups, prefix lists, what a deploy is told."""

    addresses: Addresses = field(default_factory=Addresses)
    others: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.addresses or self.others)

    def __or__(self, other: "Who") -> "Who":
        return Who(self.addresses | other.addresses, self.others | other.others)

    def __sub__(self, other: "Who") -> "Who":
        return Who(self.addresses - other.addresses, self.others - other.others)


@dataclass(frozen=True)
class Rule:
    """One rule; of ICMP the ports are its types."""

    protocol: str
    first: int
    last: int
    who: Who


@dataclass(frozen=True)
class Reach:
    """Who reaches some ports, before and after."""

    protocol: str
    ports: Ports
    before: Who
    after: Who


def reaches(before: Iterable[Rule], after: Iterable[Rule]) -> Iterator[Reach]:
    """Give who reaches which ports, cut at each port at which a rule of either side begins or ends."""
    before, after = list(before), list(after)
    for protocol in dict.fromkeys(rule.protocol for rule in (*before, *after)):
        of_it = [one for one in (*before, *after) if one.protocol in (protocol, EVERYTHING)]
        starts = sorted({port for one in of_it for port in (one.first, one.last + 1)})
        for first, end in pairwise(starts):
            was, is_ = (let_in(side, protocol, first) for side in (before, after))
            if was or is_:
                yield Reach(protocol, (first, end - 1), was, is_)


def let_in(rules: Iterable[Rule], protocol: str, port: int) -> Who:
    """Give those to whom a port is open."""
    found = Who()
    for rule in rules:
        if rule.protocol in (protocol, EVERYTHING) and rule.first <= port <= rule.last:
            found |= rule.who
    return found
