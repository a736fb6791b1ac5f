"""Policies of AWS's own that a role, user or group has: what they really give."""

from collections.abc import Iterator

from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.fact import Fact, Level, as_detail, quoted
from review.managed_policies import managed
from review.rights import compared, rights

TELLS = ("managed-policy", "managed-policy-gone")
ONLY_CHANGES = ("managed-policy-gone",)


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell which each has."""
    for where, held in rights(assembly, {}).items():
        yield from (_fact(where, arn) for arn in sorted(held.managed))


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell which each gets and loses."""
    for where, before, after in compared(comparison):
        yield from (_fact(where, arn) for arn in sorted(after.managed - before.managed))
        for arn in sorted(before.managed - after.managed):
            sentence = f"It no longer has the policy {quoted(arn)}: what needs its rights fails."
            yield where.fact("managed-policy-gone", Level.LOOK, sentence, _name(arn))


def _fact(where: Resource, arn: str) -> Fact:
    gives, level = managed(arn) or ("", Level.LOOK)
    says = f"lets it {gives[3:]}" if gives.startswith("to ") else f"gives it {gives}"
    if not gives:
        says = "was not looked into: what it gives is not known here"
    sentence = f"The policy {quoted(arn)} {says}."
    return where.fact("managed-policy", level, sentence, _name(arn), arn=arn)


def _name(arn: str) -> str:
    return as_detail(arn.rpartition(":policy/")[2])
