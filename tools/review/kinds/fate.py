"""What happens to each resource: replaced, perhaps replaced, stopped and started, deleted, kept, moved, created."""

from collections.abc import Iterator

from review.assembly import Resource
from review.comparison import Comparison, Pair
from review.fact import Fact, Level, quoted
from review.fates import Fate, Weight, fates
from review.lost import RETAINS, lost_with, policy
from review.meaning import meaning
from review.values import exact

KINDS = {
    Weight.REPLACED: ("replaced", "is replaced: a new one is made, the old one deleted"),
    Weight.PERHAPS_REPLACED: ("perhaps-replaced", "may be replaced, which AWS decides by the case"),
    Weight.INTERRUPTED: ("interrupted", "is stopped, changed and started again"),
}


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what an update does to each resource that comes, stays or goes."""
    for pair, fate in fates(comparison).items():
        yield _replaced(pair, fate)
    for pair in comparison.moved:
        yield _moved(pair)
    for resource in comparison.deleted:
        yield _deleted(resource)
    for resource in comparison.created:
        yield _fact("created", Level.NOTE, resource, f"{_name(resource)} is new.")
    for pair in comparison.updated:
        yield from _on_condition(comparison, pair)


def _replaced(pair: Pair, fate: Fate) -> Fact:
    kind, happens = KINDS[fate.weight]
    by = f", as {quoted(fate.by.path)} becomes another" if fate.by else ""
    level, rest = _with_it(pair, "UpdateReplacePolicy")
    if fate.weight == Weight.INTERRUPTED:
        level, rest = Level.LOOK, ""
    elif fate.weight == Weight.PERHAPS_REPLACED:
        # Of what hangs on another's doubtful fate nobody needs to stop.
        level, rest = Level.LOOK if fate.by else level, rest.replace("is lost", "would be lost")
    cause = "/".join(fate.property)
    sentence = f"{_name(pair.after)} {happens}, because {quoted(cause)} changes{by}.{rest}"
    return _fact(kind, level, pair.after, sentence, property=cause, by=fate.by.path if fate.by else None)


def _moved(pair: Pair) -> Fact:
    level, rest = _with_it(Pair(pair.before, pair.before), "DeletionPolicy")
    old, new = (f"{one.stack.name}/{one.path}" for one in (pair.before, pair.after))
    how = f"moves from {quoted(old)}" if old != new else "keeps its path and gets another logical id"
    kept = policy(pair.before, "DeletionPolicy") in RETAINS
    deletes = "leaves the first behind" if kept else "deletes the first"
    sentence = f"{_name(pair.after)} {how}: CloudFormation knows no renaming, makes a second and {deletes}.{rest}"
    return _fact("moved", level, pair.after, sentence, old=pair.before.logical_id, new=pair.after.logical_id)


def _deleted(resource: Resource) -> Fact:
    level, rest = _with_it(Pair(resource, resource), "DeletionPolicy")
    if policy(resource, "DeletionPolicy") in RETAINS:
        sentence = (
            f"{_name(resource)} leaves the stack and stays in the account: no deploy changes or deletes it again."
        )
        return _fact("kept", Level.LOOK, resource, sentence)
    return _fact("deleted", level, resource, f"{_name(resource)} is deleted.{rest}")


def _with_it(pair: Pair, name: str) -> tuple[Level, str]:
    """Tell what is lost with the old one, and the level of that."""
    # What both sides say counts: which of them AWS reads in an update is not written down.
    policies = {policy(pair.before, name), policy(pair.after, name)}
    words, level = lost_with(pair.before)
    if policies <= RETAINS:
        return Level.LOOK, " The old one stays in the account, and is nobody's."
    if policies <= RETAINS | {"Snapshot"}:
        return Level.LOOK, " A snapshot of the old one stays."
    return level, f" With the old one is lost: {words}." if words else ""


def _on_condition(comparison: Comparison, pair: Pair) -> Iterator[Fact]:
    sides = ((comparison.before, pair.before), (comparison.after, pair.after))
    old, new = (meaning(assembly, one.stack, {"Condition": one.body.get("Condition")}) for assembly, one in sides)
    if exact(old) != exact(new):
        words, _ = lost_with(pair.before)
        lost = f" If it goes, with it is lost: {words}." if words else ""
        sentence = f"{_name(pair.after)} may come or go: the condition that it stands under is another.{lost}"
        yield _fact("perhaps-there", Level.LOOK, pair.after, sentence)


def _name(resource: Resource) -> str:
    return f"{quoted(resource.path)} ({quoted(resource.type)})"


def _fact(kind: str, level: Level, one: Resource, sentence: str, **values: object) -> Fact:
    return Fact(kind, level, one.stack.name, one.path, sentence, values={"type": one.type, **values})
