"""What opens and closes: the ports of which the same is to be said, how many that is, and both in words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from review.addresses import ALL_FOUR, ALL_SIX, Addresses
from review.fact import quoted, some
from review.reach import EVERYTHING, LAST_PORT, Ports, Reach, Rule, Who, let_in

LOGIN_PORTS = {22: "SSH", 3389: "remote desktop"}
SHOWN = 4
INTERNET = (Who(Addresses.of("0.0.0.0/0")), Who(Addresses.of("::/0")))


class Width(IntEnum):
    """To how many a port is open."""

    FEW = 0
    # Where one logs in: to more than a /16, or a /48 of IPv6.
    MANY_WHO_LOG_IN = 1
    # As `Addresses.is_world` has it.
    WORLD = 2


@dataclass(frozen=True)
class Opening:
    """Some ports, and who comes or goes."""

    protocol: str
    ports: tuple[Ports, ...]
    who: Who
    # To how many more than before it is open now.
    widens_to: Width


def openings(reaches: Iterable[Reach], of: Callable[[Reach], Who]) -> list[Opening]:
    """Give what is to be said of what is reached, where `of` gives those who come or go."""
    reaches, of_all = list(reaches), Who()
    for reach in reaches:
        of_all |= of(reach) if reach.protocol == EVERYTHING else Who()
    merged: dict[tuple[str, Who, Width], list[Ports]] = {}
    for reach in reaches:
        who = of(reach)
        if not who or (reach.protocol != EVERYTHING and not who - of_all):
            continue
        now = width(reach, reach.after)
        widens_to = now if now > width(reach, reach.before) else Width.FEW
        ports = merged.setdefault((reach.protocol, who, widens_to), [])
        if ports and ports[-1][1] == reach.ports[0] - 1:
            ports[-1] = (ports[-1][0], reach.ports[1])
        else:
            ports.append(reach.ports)
    return [Opening(protocol, tuple(ports), who, widens_to) for (protocol, who, widens_to), ports in merged.items()]


def only_among(many: Who, others: Who) -> Who:
    """Give those who are among the many alone; the whole internet, where few of it are among the others."""
    found = many - others
    for everybody in INTERNET:
        if not everybody - many and not (everybody - (everybody - others)).addresses.is_world:
            found |= everybody
    return found


def only_together(reaches: Iterable[Reach], groups: Sequence[Iterable[Rule]]) -> list[Reach]:
    """Give those that are open to many more by the rules of several groups, and to fewer by those of each."""
    return [
        reach
        for reach in reaches
        if width(reach, reach.after) > width(reach, reach.before)
        and all(width(reach, let_in(one, reach.protocol, reach.ports[0])) < width(reach, reach.after) for one in groups)
    ]


def width(reach: Reach, who: Who) -> Width:
    """Tell to how many ports are open that are open to those."""
    if who.addresses.is_world:
        return Width.WORLD
    four, six = who.addresses.count_four, who.addresses.count_six
    first, last = reach.ports
    logs_in = reach.protocol in ("tcp", "udp", EVERYTHING) and any(first <= port <= last for port in LOGIN_PORTS)
    return Width.MANY_WHO_LOG_IN if logs_in and (four > 2**16 or six > 2**80) else Width.FEW


def is_everybody(who: Who) -> bool:
    """Tell whether that is the whole internet, of one of its kinds of addresses."""
    return who.addresses.count_four == ALL_FOUR or who.addresses.count_six == ALL_SIX


def who_in_words(who: Who) -> str:
    """Name those who come or go, the first of them at least."""
    four, six = who.addresses.count_four == ALL_FOUR, who.addresses.count_six == ALL_SIX
    said = ["everybody on the internet"] if four else ["everybody on the internet who has IPv6"] if six else []
    rest = [quoted(one) for one in who.addresses.networks() if not (six if ":" in one else four)]
    rest += map(_other, sorted(who.others))
    return ", ".join(filter(None, [*said, some(rest, SHOWN)]))


def _other(name: str) -> str:
    if name.startswith("pl-"):
        return f"whoever is in the prefix list {quoted(name)}"
    if name.startswith(("<", "sg-")):
        return f"what wears {quoted(name.strip('<>'))}"
    return f"whoever {quoted(name)} stands for"


def spans(ports: Iterable[Ports]) -> list[str]:
    """Write ports as numbers."""
    return [str(first) if first == last else f"{first}-{last}" for first, last in ports]


def ports_in_words(opening: Opening) -> str:
    """Name what is open."""
    if opening.ports == ((0, LAST_PORT),):
        return "every port" if opening.protocol == EVERYTHING else f"every port of {quoted(opening.protocol)}"
    logins = [f" ({name})" for port, name in LOGIN_PORTS.items() if opening.ports == ((port, port),)]
    return f"{quoted(opening.protocol)} {', '.join(spans(opening.ports))}{''.join(logins)}"
