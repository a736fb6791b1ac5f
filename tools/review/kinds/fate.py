"""What happens to each resource: replaced, perhaps replaced, stopped and started, deleted, kept, moved, created."""

from collections.abc import Iterator
from itertools import takewhile

from review.apis import gone_routes
from review.assembly import Resource
from review.comparison import Comparison
from review.fact import Fact, Level, quoted
from review.fates import Fate, Weight, fates, properties_meant
from review.lost import RETAINS, lost_with, retention
from review.meaning import meaning
from review.moves import Pair
from review.values import differences, exact

TELLS = ("replaced", "perhaps-replaced", "interrupted", "deleted", "kept", "created", "moved", "perhaps-there")
KINDS = {
    Weight.REPLACED: ("replaced", "A new one is made and the old one deleted"),
    Weight.PERHAPS_REPLACED: ("perhaps-replaced", "AWS may make a new one and delete the old one"),
    Weight.INTERRUPTED: ("interrupted", "It is stopped, changed and started again"),
}


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what an update does to each resource that comes, stays or goes."""
    for pair, fate in fates(comparison).items():
        yield _replaced(comparison, pair, fate)
    for pair in comparison.moved:
        yield _moved(pair)
    # Of a route its callers are told.
    called = {route.resource for route in gone_routes(comparison)}
    for resource in comparison.deleted:
        if resource not in called:
            yield _deleted(resource)
    for resource in comparison.created:
        yield resource.fact("created", Level.NOTE, "It is new.")
    for pair in comparison.updated:
        yield from _on_condition(comparison, pair)


def _replaced(comparison: Comparison, pair: Pair, fate: Fate) -> Fact:
    kind, happens = KINDS[fate.weight]
    by = f", as {quoted(fate.by.path)} becomes another{_by_its_own(comparison, fate.by)}" if fate.by else ""
    so_goes = "Would be lost:" if fate.weight == Weight.PERHAPS_REPLACED else "Lost:"
    level, rest = _with_it(pair, "UpdateReplacePolicy", so_goes)
    if fate.weight == Weight.INTERRUPTED:
        level, rest = Level.LOOK, ""
    elif fate.weight == Weight.PERHAPS_REPLACED and fate.by:
        # Of what hangs on another's doubtful fate nobody needs to stop.
        level = Level.LOOK
    cause = "/".join(fate.property)
    sentence = f"{happens}, because {quoted(cause)} changes{by}.{rest}"
    return pair.after.fact(kind, level, sentence, property=cause, by=fate.by.path if fate.by else None)


def _by_its_own(comparison: Comparison, one: Resource) -> str:
    """Name what changes of a resource of whose fate nothing else is told, as deep as a person would name it."""
    pair = next(pair for pair in comparison.updated if pair.after is one)
    if pair in fates(comparison):
        return ""
    old, new = properties_meant(comparison.before, pair.before), properties_meant(comparison.after, one)
    paths = ["/".join(takewhile(_is_a_name, found.path)) for found in differences(old, new)]
    return f" by its {', '.join(map(quoted, dict.fromkeys(paths)))}" if paths else ""


def _is_a_name(part: str) -> bool:
    return part.isalnum() and not part.isdecimal() and part not in ("Parameter", "Ref")


def _moved(pair: Pair) -> Fact:
    level, rest = _with_it(Pair(pair.before, pair.before), "DeletionPolicy")
    old, new = _renamed(*(f"{one.stack.name}/{one.path}" for one in (pair.before, pair.after)))
    how = f"{quoted(old)} is now {quoted(new)}" if old else "Its logical id is another"
    kept = retention(pair.before, "DeletionPolicy") in RETAINS
    deletes = "leaves the first behind" if kept else "deletes the first"
    sentence = f"{how}: CloudFormation knows no renaming, makes a second one and {deletes}.{rest}"
    return pair.after.fact("moved", level, sentence, old=pair.before.logical_id, new=pair.after.logical_id)


def _deleted(resource: Resource) -> Fact:
    level, rest = _with_it(Pair(resource, resource), "DeletionPolicy")
    if retention(resource, "DeletionPolicy") in RETAINS:
        sentence = "It leaves the stack and stays in the account: no deploy changes or deletes it again."
        return resource.fact("kept", Level.LOOK, sentence)
    return resource.fact("deleted", level, f"It is no longer in the app.{rest}")


def _with_it(pair: Pair, name: str, so_goes: str = "Lost:") -> tuple[Level, str]:
    """Tell what is lost with the old one, and the level of that."""
    # What both sides say counts: which of them AWS reads in an update is not written down.
    policies = {retention(pair.before, name), retention(pair.after, name)}
    if policies <= RETAINS:
        return Level.LOOK, " The old one stays in the account, and is nobody's."
    if policies <= RETAINS | {"Snapshot"}:
        return Level.LOOK, " A snapshot of the old one stays."
    return lost_with(pair.before, so_goes)


def _on_condition(comparison: Comparison, pair: Pair) -> Iterator[Fact]:
    sides = ((comparison.before, pair.before), (comparison.after, pair.after))
    old, new = (meaning(assembly, one.stack, {"Condition": one.body.get("Condition")}) for assembly, one in sides)
    if exact(old) != exact(new):
        _, lost = lost_with(pair.before, "If it goes, so do")
        sentence = f"It may come or go: the condition that it stands under is another.{lost}"
        yield pair.after.fact("perhaps-there", Level.LOOK, sentence)


def _renamed(old: str, new: str) -> tuple[str, str]:
    """Take from two paths what is the same at their ends: what is left is the construct that has another name."""
    before, after = old.split("/"), new.split("/")
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return "/".join(before), "/".join(after)
