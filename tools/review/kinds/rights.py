"""Who may do what: the rights of each role, user and group, statement by statement, and who wears it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.fact import Fact, Level, quoted, some
from review.granted import Granted, listed, together
from review.ladders import ANY_RIGHT, is_anything, ladders
from review.policies import ALL_BUT, EVERYBODY, Grant, beyond
from review.rights import compared, rights
from review.wearers import wearers, worn

TELLS = ("may", "granted", "revoked", "wildcard", "ladder", "wears")
ONLY_CHANGES = ("granted", "revoked", "wears")
ROLE = "AWS::IAM::Role"


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell what each may, and apart what is too much."""
    wearing = wearers(assembly)
    for where, held in rights(assembly, {}).items():
        plain = []
        for granted, kind, level, why in _apart(_allowed(held.grants)):
            if kind == "granted":
                plain.append(granted)
            else:
                yield _fact(kind, level, where, granted, f"{_named(where, wearing)} may {granted.in_words}.{why}")
        if plain:
            said = [{"actions": one.actions, "resources": one.resources} for one in plain]
            sentence = f"{_named(where, wearing)} may {_said(plain)}."
            yield where.fact("may", Level.NOTE, sentence, rights=said)


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what each may from now on, and no longer."""
    wearing = wearers(comparison.after)
    for where, before, after in compared(comparison):
        old, new = (_allowed(held.grants) for held in (before, after))
        for granted, kind, level, why in _apart(beyond(new, old)):
            yield _fact(kind, level, where, granted, f"{_named(where, wearing)} may now {granted.in_words}.{why}")
        for granted in together(beyond(old, new)):
            sentence = f"{_named(where, wearing)} may no longer {granted.in_words}."
            yield _fact("revoked", Level.LOOK, where, granted, sentence)
    yield from _other_roles(comparison)


def _other_roles(comparison: Comparison) -> Iterator[Fact]:
    """Tell what comes to wear a role that was there."""
    held = {where: after for where, _, after in compared(comparison)}
    had, has = worn(comparison.before, ROLE, comparison.become), worn(comparison.after, ROLE, {})
    for one, roles in has.items():
        for role in sorted(roles - had.get(one, set()), key=lambda role: role.path):
            if role not in comparison.created:
                allowed = _allowed(held[role].grants) if role in held else []
                granted, levels = together(allowed), [level for _, _, level, _ in _apart(allowed)]
                level = max(levels, key=list(Level)[::-1].index, default=Level.LOOK)
                sentence = f"It now has the rights of {quoted(role.path)}: {_said(granted)}."
                yield one.fact("wears", level, sentence, role.path)


def _said(granted: Iterable[Granted]) -> str:
    return "; ".join(one.in_words for one in granted) or "none that a policy here grants"


def _allowed(grants: Iterable[Grant]) -> list[Grant]:
    return [one for one in grants if one.allows]


def _apart(grants: Iterable[Grant]) -> Iterator[tuple[Granted, str, Level, str]]:
    """Put grants together of which the same is to be said, with their kind, how much each asks, and why."""
    for granted in together(grants):
        by_kind: dict[str, list[str]] = {}
        for action in granted.actions:
            by_kind.setdefault(_weighed(replace(granted, actions=(action,)))[0], []).append(action)
        for actions in by_kind.values():
            one = replace(granted, actions=tuple(actions))
            yield one, *_weighed(one)


def _weighed(granted: Granted) -> tuple[str, Level, str]:
    """Tell the kind of a grant, how much it asks of the reader, and in sentences why."""
    anything = any(map(is_anything, granted.resources))
    if any(one == EVERYBODY or one.startswith(ALL_BUT) for one in granted.actions):
        return "wildcard", Level.STOP, ""
    found = {name: how for action in granted.actions for name, how in ladders(action).items()}
    gives_all = any(name in ANY_RIGHT for name in found)
    # Limited to a service, or by who asks, a ladder is shorter.
    level = Level.STOP if gives_all or (anything and found and not granted.condition) else Level.LOOK
    why = f" That is more than is written: {_how(found)}." if found else ""
    if whole := [one for one in granted.actions if one.endswith(":*")]:
        level = Level.STOP if anything else level
        return "wildcard", level, f" All that a service can do is in {listed(whole)}.{why}"
    if found:
        return "ladder", level, why
    if anything and any("*" in one for one in granted.actions):
        return "wildcard", Level.LOOK, ""
    return "granted", Level.LOOK, ""


def _how(found: dict[str, str]) -> str:
    return some([f"by {quoted(name)} it {how}" for name, how in found.items()], 3)


def _named(where: Resource, wearing: dict[Resource, list[Resource]]) -> str:
    if where.type != ROLE:
        return quoted(where.path)
    return ", ".join(quoted(one.path) for one in wearing.get(where, [])) or f"Whoever takes on {quoted(where.path)}"


def _fact(kind: str, level: Level, where: Resource, granted: Granted, sentence: str) -> Fact:
    values = {"actions": granted.actions, "resources": granted.resources, "condition": granted.condition}
    return where.fact(kind, level, sentence, granted.name, **values)
