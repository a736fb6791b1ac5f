"""Who can reach what: all rules of each security group together, as addresses and ports, before and after."""

from collections.abc import Iterable, Iterator, Mapping

from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.doors import DIRECTIONS, GROUP, Door, rules
from review.fact import Fact, Level, as_detail, quoted
from review.openings import (
    Opening,
    Width,
    is_everybody,
    only_among,
    only_together,
    openings,
    ports_in_words,
    spans,
    who_in_words,
)
from review.reach import EVERYTHING, Reach, Rule, reaches
from review.wearers import wearers, worn

TELLS = ("reachable", "goes-out", "opened", "closed")
ONLY_CHANGES = ("opened", "closed")
TOO_MANY = {
    Width.MANY_WHO_LOG_IN: "a /16 (a /48 of IPv6), and one logs in there",
    Width.WORLD: "a /8 of the internet (a /32 of IPv6)",
}


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell who can reach what wears a group, and where that may go."""
    wearing = _wearing(assembly)
    written = rules(assembly, {})
    for door, said in written.items():
        for opening in openings(reaches([], said), lambda reach: reach.after):
            sentence = _sentence(door, wearing.get((door.stack, door.path), ""), "can", opening)
            inward = door.direction == "in"
            level = Level.NOTE if not inward else Level.STOP if opening.widens_to else Level.LOOK
            yield _fact("reachable" if inward else "goes-out", level, door, opening, sentence)
    for one, groups in worn(assembly, GROUP, {}).items():
        for opening in openings(_only_together({}, set(), written, groups), lambda reach: reach.after):
            door = Door.of(one, "in")
            sentence = _sentence(door, quoted(one.path), "can, by its groups together,", opening)
            yield _fact("reachable", Level.STOP, door, opening, sentence)


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell to whom a group opens and closes, and what else comes to wear an open one."""
    wearing = _wearing(comparison.after)
    before, after = rules(comparison.before, comparison.become), rules(comparison.after, {})
    for door, said in after.items():
        found = list(reaches(before.get(door, []), said))
        yield from _told(door, wearing.get((door.stack, door.path), ""), found)
    had, has = worn(comparison.before, GROUP, comparison.become), worn(comparison.after, GROUP, {})
    # A group that comes or goes is told by its own doors.
    stays = {(door.stack, door.path) for door in before} & {(door.stack, door.path) for door in after}
    for one in comparison.after.resources:
        groups, were = has.get(one, set()), had.get(one, set())
        if any((group.stack.name, group.path) in stays for group in groups ^ were):
            for way in DIRECTIONS:
                old, new = _together(before, were, way), _together(after, groups, way)
                yield from _told(Door.of(one, way), quoted(one.path), list(reaches(old, new)))
        else:
            wide = _only_together(before, were, after, groups)
            yield from _told(Door.of(one, "in"), quoted(one.path), wide)


def _only_together(
    before: Mapping[Door, list[Rule]], were: set[Resource], after: Mapping[Door, list[Rule]], groups: set[Resource]
) -> list[Reach]:
    """Give what no group of several opens to too many, and all of them do."""
    each = [_together(after, [one], "in") for one in groups]
    return only_together(reaches(_together(before, were, "in"), [rule for one in each for rule in one]), each)


def _told(door: Door, named: str, found: list[Reach]) -> Iterator[Fact]:
    for opening in openings(found, lambda reach: only_among(reach.after, reach.before)):
        sentence = _sentence(door, named, "can now", opening)
        stops = opening.widens_to and door.direction == "in"
        if stops and not is_everybody(opening.who):
            sentence += f" Together with those who could before, that is more than {TOO_MANY[opening.widens_to]}."
        yield _fact("opened", Level.STOP if stops else Level.LOOK, door, opening, sentence)
    for opening in openings(found, lambda reach: only_among(reach.before, reach.after)):
        yield _fact("closed", Level.LOOK, door, opening, _sentence(door, named, "can no longer", opening))


def _wearing(assembly: Assembly) -> dict[tuple[str, str], str]:
    return {
        (group.stack.name, group.path): ", ".join(quoted(one.path) for one in found)
        for group, found in wearers(assembly).items()
        if group.type == GROUP and found
    }


def _together(written: Mapping[Door, list[Rule]], groups: Iterable[Resource], way: str) -> list[Rule]:
    return [rule for one in groups for rule in written.get(Door.of(one, way), [])]


def _sentence(door: Door, named: str, can: str, opening: Opening) -> str:
    who, ports = who_in_words(opening.who), ports_in_words(opening)
    if door.direction == "in":
        return f"{who[0].upper()}{who[1:]} {can} reach {ports} of {named or 'what wears the group'}."
    return f"{named or 'What wears the group'} {can} reach {who} at {ports}."


def _fact(kind: str, level: Level, door: Door, opening: Opening, sentence: str) -> Fact:
    shown = spans(opening.ports)
    ports = "all" if opening.protocol == EVERYTHING else f"{opening.protocol}/{','.join(shown)}"
    who = [*opening.who.addresses.networks(), *sorted(opening.who.others)]
    values = {"type": door.type, "protocol": opening.protocol, "ports": shown, "who": who}
    # With who, as whoever accepts an office does not accept the world.
    detail = f"{door.direction}:{ports}:{as_detail(','.join(who))}"
    return Fact(kind, level, door.stack, door.path, sentence, detail, values)
