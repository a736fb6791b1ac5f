"""What takes rights away, and goes or comes: a Deny, and what a role's rights end at."""

from collections.abc import Iterable, Iterator

from review.assembly import Resource
from review.comparison import Comparison
from review.fact import Fact, Level, quoted
from review.granted import Granted, together
from review.policies import Grant, beyond
from review.rights import Held, compared

TELLS = ("deny-gone", "denied", "boundary-gone", "boundary")


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell each Deny that goes or comes, wherever it is written."""
    for where, before, after in compared(comparison):
        old, new = _denied(before), _denied(after)
        for gone in together(beyond(old, new)):
            sentence = f"No policy forbids any more: {gone.in_words}{_of(gone)}. Whoever else is let may do it now."
            yield where.fact("deny-gone", Level.STOP, sentence, gone.name)
        for come in together(beyond(new, old)):
            level = Level.NOTE if where in comparison.created else Level.LOOK
            yield where.fact("denied", level, f"A policy now forbids {come.in_words}{_of(come)}.", come.name)
        if before.boundary != after.boundary:
            yield _boundary(where, before, after)


def _boundary(where: Resource, before: Held, after: Held) -> Fact:
    now, was = (", ".join(map(quoted, sorted(held.boundary))) for held in (after, before))
    if not now:
        sentence = f"Its rights no longer end at {was}: from now on all that its policies grant counts."
        return where.fact("boundary-gone", Level.STOP, sentence)
    sentence = f"Its rights now end at {now}" + (f", and before at {was}." if was else ".")
    return where.fact("boundary", Level.LOOK, sentence)


def _denied(held: Held) -> Iterable[Grant]:
    return [one for one in (*held.grants, *held.trust, *held.shared) if not one.allows]


def _of(granted: Granted) -> str:
    return f", to {quoted(granted.principal)}" if granted.principal else ""
