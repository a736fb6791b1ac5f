"""Every change, leaf by leaf, whatever else is told of it: no change is silent."""

from collections.abc import Iterator

from review.assembly import Json, Stack
from review.comparison import Comparison, StackPair
from review.fact import LONGEST_QUOTE, Fact, Level, quoted
from review.values import ABSENT, Difference, differences, exact

TELLS = ("property", "template", "manifest")
TEMPLATE_URL = "stackTemplateAssetObjectUrl"
# How much of what is the same is shown before what is not.
CONTEXT = 20
# A resource that comes or goes is told property by property.
NOTHING: Json = {"Properties": {}}


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell each leaf that changes: of resources, of the rest of a template, of what the manifest says of a stack."""
    resources = [
        *((pair.after, pair.before.body, pair.after.body) for pair in comparison.pairs),
        *((one, NOTHING, one.body) for one in comparison.created),
        *((one, one.body, NOTHING) for one in comparison.deleted),
    ]
    for resource, old, new in resources:
        for found in differences(old, new):
            yield _fact("property", resource.stack.name, resource.path, found)
    for stacks in comparison.stacks:
        yield from _rest_of("template", stacks)
        yield from _rest_of("manifest", stacks)


def _rest_of(kind: str, stacks: StackPair) -> Iterator[Fact]:
    old, new = (_told_of(kind, stack) if stack else {} for stack in (stacks.before, stacks.after))
    for found in differences(old, new):
        yield _fact(kind, stacks.either.name, stacks.either.path, found)


def _told_of(kind: str, stack: Stack) -> Json:
    if kind == "manifest":
        # Where in the code a construct stands is not deployed, and another hash of the template is told leaf by leaf.
        artifact = {name: value for name, value in stack.artifact.items() if name != "metadata"}
        if isinstance(properties := artifact.get("properties"), dict):
            artifact["properties"] = {name: said for name, said in properties.items() if name != TEMPLATE_URL}
        return artifact
    # What stands for resources, such as Fn::ForEach, is none itself.
    loops = {name: body for name, body in stack.template["Resources"].items() if name not in stack.resources}
    return {**stack.template, "Resources": loops}


def _fact(kind: str, stack: str, path: str, found: Difference) -> Fact:
    values = {name: value for name, value in (("old", found.old), ("new", found.new)) if value is not ABSENT}
    texts = [value if isinstance(value, str) else exact(value) for value in values.values()]
    # Of two long values what is the same at their beginning would hide what is not.
    same = _same(*texts) - CONTEXT if len(texts) > 1 and max(map(len, texts)) > LONGEST_QUOTE else 0
    shown = [quoted(f"…{one[same:]}" if same > 0 else one) for one in texts]
    sides = shown if len(shown) > 1 else ["nothing", *shown] if found.old is ABSENT else [*shown, "nothing"]
    detail = "/".join(found.path)
    return Fact(kind, Level.NOTE, stack, path, f"{quoted(detail)}: {' → '.join(sides)}", detail, values)


def _same(old: str, new: str) -> int:
    """Count the characters at the beginning of two texts that are the same."""
    return next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
