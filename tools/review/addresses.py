"""Sets of addresses, by arithmetic: two halves of the world are the world, however it is cut."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network, summarize_address_range

# First and last address as numbers; of a set, no two touch.
Span = tuple[int, int]
Spans = tuple[Span, ...]
ALL_FOUR, ALL_SIX = 2**32, 2**128


@dataclass(frozen=True)
class Addresses:
    """A set of IPv4 and IPv6 addresses."""

    four: Spans = ()
    six: Spans = ()

    @classmethod
    def of(cls, network: str) -> "Addresses":
        """Read a CIDR block; ValueError where it is none."""
        found = ip_network(network, strict=False)
        span = (int(found.network_address), int(found.broadcast_address))
        return cls(four=(span,)) if found.version == 4 else cls(six=(span,))

    def __bool__(self) -> bool:
        return bool(self.four or self.six)

    def __or__(self, other: "Addresses") -> "Addresses":
        return Addresses(_union(self.four + other.four), _union(self.six + other.six))

    def __sub__(self, other: "Addresses") -> "Addresses":
        return Addresses(_without(self.four, other.four), _without(self.six, other.six))

    @property
    def count_four(self) -> int:
        """Count the IPv4 addresses."""
        return sum(last - first + 1 for first, last in self.four)

    @property
    def count_six(self) -> int:
        """Count the IPv6 addresses."""
        return sum(last - first + 1 for first, last in self.six)

    @property
    def is_world(self) -> bool:
        """Tell whether it is more than a /8, or a /32 of IPv6: no network of people who know each other is."""
        return self.count_four > 2**24 or self.count_six > 2**96

    def networks(self) -> Iterator[str]:
        """Give the fewest CIDR blocks that are the set."""
        for first, last in self.four:
            yield from map(str, summarize_address_range(IPv4Address(first), IPv4Address(last)))
        for first, last in self.six:
            yield from map(str, summarize_address_range(IPv6Address(first), IPv6Address(last)))


def _union(spans: Iterable[Span]) -> Spans:
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _without(spans: Spans, others: Spans) -> Spans:
    found = []
    for first, last in spans:
        for gone_first, gone_last in others:
            if gone_last < first or gone_first > last:
                continue
            if gone_first > first:
                found.append((first, gone_first - 1))
            first = gone_last + 1
        if first <= last:
            found.append((first, last))
    return tuple(found)
