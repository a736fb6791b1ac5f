"""What policies on a bucket, key, queue, topic, secret, function or whatever else let others do with it."""

import re
from collections.abc import Iterator

from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.fact import Fact, Level, quoted
from review.granted import Granted, together
from review.policies import ALL_BUT, EVERYBODY, Grant, beyond, for_everybody
from review.rights import compared, rights

TELLS = ("public", "no-source", "resource-policy", "resource-policy-gone")
ONLY_CHANGES = ("resource-policy-gone",)
# What everybody can make in an account of their own, and point at what lets the service in.
POINTED_BY_ANYBODY = re.compile(r"Service (apigateway|events|iot|s3|ses|sns|logs)\.amazonaws\.com")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell what is for everybody, and for whom outside the account."""
    for where, held in rights(assembly, {}).items():
        for granted in together(one for one in held.shared if one.allows):
            fact = _fact(where, granted, "may")
            if fact.level != Level.NOTE:
                yield fact


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what others may from now on, and no longer."""
    for where, before, after in compared(comparison):
        old, new = ([one for one in held.shared if one.allows] for held in (before, after))
        for granted in together(beyond(new, old)):
            yield _fact(where, granted, "may now")
        for granted in together(beyond(old, new)):
            sentence = f"{_who(granted)} may no longer do {granted.in_words}."
            yield where.fact("resource-policy-gone", Level.LOOK, sentence, granted.name)


def _fact(where: Resource, granted: Granted, may: str) -> Fact:
    said = f"{_who(granted)} {may} do {granted.in_words}"
    if for_everybody(Grant("Allow", granted.principal, "", EVERYBODY, granted.condition)):
        kind, level = "public", Level.STOP
    elif granted.principal.startswith("Service ") and not granted.condition:
        kind, level = "no-source", Level.LOOK
        if POINTED_BY_ANYBODY.fullmatch(granted.principal):
            level = Level.STOP
            said += ", for anybody: nothing says for whose account"
    else:
        kind, level = "resource-policy", Level.LOOK
        own = granted.principal.startswith("Service ") or "${AWS::AccountId}" in granted.principal
        if own or "<" in granted.principal:
            level = Level.NOTE
    return where.fact(kind, level, f"{said}.", granted.name)


def _who(granted: Granted) -> str:
    if granted.principal == EVERYBODY:
        return "Everybody"
    but = granted.principal.startswith(ALL_BUT)
    return f"Everybody but {quoted(granted.principal[1:])}" if but else quoted(granted.principal)
