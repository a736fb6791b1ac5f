"""Who may take on a role."""

import re
from collections.abc import Iterator

from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.fact import Fact, Level, quoted
from review.granted import Granted, together, when
from review.narrowing import is_narrowed
from review.policies import EVERYBODY, Grant, beyond, for_everybody
from review.rights import compared, rights

TELLS = ("trust", "trust-gone")
ONLY_CHANGES = ("trust-gone",)
SERVICE = re.compile(r"Service [\w.${}:-]+")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell of each role who beside a service of AWS may take it on."""
    for where, held in rights(assembly, {}).items():
        for granted in together(one for one in held.trust if one.allows):
            if not SERVICE.fullmatch(granted.principal):
                yield _fact(Level.LOOK, where, granted, "may take on the role")


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell who may from now on, and no longer."""
    for where, before, after in compared(comparison):
        old, new = ([one for one in held.trust if one.allows] for held in (before, after))
        for granted in together(beyond(new, old)):
            was = [one.condition for one in old if (one.principal, one.action) in _pairs(granted)]
            freed = any(was) and not granted.condition
            # A role that is new is for whatever wears it.
            level = Level.NOTE if where in comparison.created and SERVICE.fullmatch(granted.principal) else Level.LOOK
            yield _fact(level, where, granted, "may now take on the role", freed=freed)
        for granted in together(beyond(old, new)):
            sentence = f"{_who(granted)} may no longer take on the role{when(granted.condition)}."
            yield where.fact("trust-gone", Level.LOOK, sentence, granted.name)


def _pairs(granted: Granted) -> set[tuple[str, str]]:
    return {(granted.principal, action) for action in granted.actions}


def _fact(level: Level, where: Resource, granted: Granted, may: str, *, freed: bool = False) -> Fact:
    anybody = _is_anybody(granted)
    level = Level.STOP if anybody or freed else level
    sentence = f"{_who(granted)} {may} and has its rights{when(granted.condition)}."
    if freed:
        sentence += " The condition under which that was so goes."
    elif anybody and granted.principal != EVERYBODY:
        sentence += " No condition says whose: everybody with an account there is let in."
    return where.fact("trust", level, sentence, granted.name)


def _is_anybody(granted: Granted) -> bool:
    said = Grant("Allow", granted.principal, "", EVERYBODY, granted.condition)
    # Whoever signs in somewhere has a federated identity.
    signed_in = granted.principal.startswith("Federated ") and "saml" not in granted.principal.lower()
    return for_everybody(said) or (signed_in and not is_narrowed(granted.condition))


def _who(granted: Granted) -> str:
    return "Everybody with an AWS account" if granted.principal == EVERYBODY else quoted(granted.principal)
