"""Stacks that come, that the app no longer has, and that go to another place."""

from collections.abc import Iterator

from review.comparison import Comparison
from review.fact import Fact, Level, quoted

TELLS = ("stack-created", "stack-left")
SOMEWHERE = "aws://unknown-account/unknown-region"


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell which stacks a deploy makes, and which it leaves."""
    for stacks in comparison.stacks:
        before, after = stacks.before, stacks.after
        if stacks.either.nested_as:
            continue
        if before is None:
            yield _fact("stack-created", Level.NOTE, stacks.either.name, "The stack is new.")
        elif after is None:
            count = len(before.resources)
            sentence = f"The app no longer has the stack; resources that stay, with what they cost: {count}."
            ends = "No deploy deletes them, `cdk destroy` on the base does."
            yield _fact("stack-left", Level.LOOK, before.name, f"{sentence} {ends}")
        elif before.deployed_as != after.deployed_as and SOMEWHERE not in (before.deployed_as[0], after.deployed_as[0]):
            old, new = (f"{name} in {place}" for place, name in (before.deployed_as, after.deployed_as))
            sentence = (
                f"The stack becomes {quoted(new)}: a deploy makes all of it anew, and leaves {quoted(old)} as it is."
            )
            yield _fact("stack-left", Level.STOP, after.name, sentence)


def _fact(kind: str, level: Level, stack: str, sentence: str) -> Fact:
    return Fact(kind, level, stack, "", sentence)
