"""Every change, leaf by leaf, whatever else is told of it: no change is silent."""

from collections.abc import Iterator

from review.comparison import Comparison, Stacks
from review.fact import Fact, Level, quoted
from review.values import ABSENT, Difference, differences

# Said resource by resource; a constructs's place in the code, beside the artifact, is not deployed.
ELSEWHERE = {"template": "Resources", "manifest": "metadata"}


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell each leaf that changes: of resources, of the rest of a template, of what the manifest says of a stack."""
    for pair in comparison.pairs:
        for found in differences(pair.before.body, pair.after.body):
            yield _fact("property", pair.after.stack.name, pair.after.path, found)
    for stacks in comparison.stacks:
        yield from _rest_of("template", stacks)
        yield from _rest_of("manifest", stacks)


def _rest_of(kind: str, stacks: Stacks) -> Iterator[Fact]:
    old, new = (
        {} if stack is None else stack.template if kind == "template" else stack.artifact
        for stack in (stacks.before, stacks.after)
    )
    old, new = ({name: value for name, value in one.items() if name != ELSEWHERE[kind]} for one in (old, new))
    for found in differences(old, new):
        yield _fact(kind, stacks.either.name, stacks.either.path, found)


def _fact(kind: str, stack: str, path: str, found: Difference) -> Fact:
    values = {name: value for name, value in (("old", found.old), ("new", found.new)) if value is not ABSENT}
    shown = [quoted(value) if value is not ABSENT else "nothing" for value in (found.old, found.new)]
    detail = "/".join(found.path)
    return Fact(kind, Level.NOTE, stack, path, f"{quoted(detail)}: {' → '.join(shown)}", detail, values)
