"""What no longer protects people and data, and what never did."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from facts.property_faults import is_intrinsic
from facts.schemas import at
from review.assembly import INSTANCE, Assembly, Json, Resource
from review.comparison import Comparison
from review.fact import Fact, Level, quoted
from review.grades import Protection, there
from review.lost import RETAINS, lost_with, retention
from review.machines import machines
from review.meaning import possible_whole
from review.protections import MACHINE, PROTECTIONS, PROTECTORS
from review.values import members

TELLS = ("protection-lost", "unprotected")
ONLY_CHANGES = ("protection-lost",)
BY_TYPE = {kind: [one for one in PROTECTIONS if kind in one.types] for one in PROTECTIONS for kind in one.types}
POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


@dataclass(frozen=True)
class Found:
    """How much of a protection a resource has; None where only a deploy knows."""

    resource: Resource
    protection: Protection
    grade: float | None
    value: Any


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell what has no protection that it could have."""
    for found in _found(assembly):
        yield from _unprotected(found)
    for one in assembly.resources:
        if one.type == INSTANCE and not at(one.body, ["CreationPolicy", "ResourceSignal"]):
            sentence = (
                "A deploy is green before the machine has come up, and also if it never does: it waits for no signal."
            )
            yield one.fact("unprotected", Level.NOTE, sentence, "signal")
    for stack in assembly.stacks:
        if not stack.nested_as and not _ends_late(stack.artifact):
            sentence = "A single command deletes the whole stack: termination protection is off."
            yield Fact("unprotected", Level.NOTE, stack.name, "", sentence, "termination")


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what loses protection, and what comes without."""
    had = {(found.resource, found.protection): found for found in _found(comparison.before)}
    was = {pair.after: pair.before for pair in comparison.pairs}
    for has in _found(comparison.after):
        pair = was.get(has.resource)
        before = had.get((pair, has.protection)) if pair else None
        if before is None:
            yield from _unprotected(has)
        else:
            yield from _lost(before, has)
    yield from _no_longer_kept(comparison)
    for gone in comparison.deleted:
        if gone.type in PROTECTORS:
            yield gone.fact("protection-lost", Level.LOOK, PROTECTORS[gone.type], "gone")
    for stacks in comparison.stacks:
        old, new = stacks.before, stacks.after
        if old and new and _ends_late(old.artifact) and not _ends_late(new.artifact):
            sentence = "A single command deletes the whole stack: termination protection goes."
            yield Fact("protection-lost", Level.STOP, new.name, new.path, sentence, "termination")


def _found(assembly: Assembly) -> Iterator[Found]:
    for machine in machines(assembly):
        yield from _of(assembly, machine.resource, MACHINE[0], machine.data)
    for resource in assembly.resources:
        yield from _of(assembly, resource, resource.type, resource.properties)


def _of(assembly: Assembly, resource: Resource, resource_type: str, properties: Json) -> Iterator[Found]:
    for protection in BY_TYPE.get(resource_type, ()):
        values = _values(assembly, resource, properties, protection.path.split("/"))
        worst = min(values, key=protection.grade)
        known = protection.grade is there or not any(map(is_intrinsic, values))
        yield Found(resource, protection, protection.grade(worst) if known else None, worst)


def _values(assembly: Assembly, resource: Resource, value: Any, path: list[str]) -> list[Any]:
    """Give each value that may stand at a path; None is none."""
    return [
        end
        for one in possible_whole(assembly, resource.stack, value)
        for end in (_within(assembly, resource, one, path) if path else [one])
    ]


def _within(assembly: Assembly, resource: Resource, value: Any, path: list[str]) -> list[Any]:
    first, *rest = path
    if first == "*":
        return [end for member in members(value) or [None] for end in _values(assembly, resource, member, rest)]
    if first.startswith("Key="):
        value = {f"Key={at(member, ['Key'])}": at(member, ["Value"]) for member in members(value)}
    return _values(assembly, resource, at(value, [first]), rest)


def _unprotected(found: Found) -> Iterator[Fact]:
    if found.grade is not None and found.grade <= 0 and found.protection.without:
        yield found.resource.fact(
            "unprotected", found.protection.without, found.protection.words, found.protection.name
        )


def _lost(before: Found, after: Found) -> Iterator[Fact]:
    protection = after.protection
    if before.grade is None:
        yield from _unprotected(after)
        return
    if after.grade is not None and after.grade >= before.grade:
        return
    level, words = (protection.gone if not after.grade else protection.less), protection.words
    if after.grade is None:
        level, words = Level.LOOK, f"Only a deploy knows whether this is so: {words}"
    elif after.grade > 0 and protection.less != Level.STOP:
        words = f"It is closer than before to this: {words}"
    sides = " → ".join("nothing" if one.value is None else quoted(one.value) for one in (before, after))
    sentence = f"{words} {quoted(protection.path)}: {sides}."
    yield after.resource.fact("protection-lost", level, sentence, protection.name, old=before.value, new=after.value)


def _no_longer_kept(comparison: Comparison) -> Iterator[Fact]:
    for pair in comparison.updated:
        level, lost = lost_with(pair.after, "Lost with it:")
        for name in POLICIES:
            old, new = retention(pair.before, name), retention(pair.after, name)
            if old != new and (new == "Delete" or (new == "Snapshot" and old in RETAINS)):
                when = "leaves the stack" if name == "DeletionPolicy" else "is replaced"
                sentence = (
                    f"It is deleted when it {when}: {quoted(name)} is {quoted(new)} and no longer {quoted(old)}.{lost}"
                )
                yield pair.after.fact("protection-lost", level, sentence, name)


def _ends_late(artifact: Json) -> bool:
    return at(artifact, ["properties", "terminationProtection"]) is True
