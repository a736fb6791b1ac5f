"""What others rely on: outputs, exports, the names of functions."""

from collections.abc import Iterator

from facts.schemas import at
from review.assembly import Assembly, Resource, Stack
from review.comparison import Comparison
from review.fact import Fact, Level, quoted
from review.fates import Weight, fates
from review.meaning import meaning, resources_named
from review.moves import Pair
from review.values import exact, text

TELLS = ("output", "export", "function-name")
FUNCTION = "AWS::Lambda::Function"


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what others no longer find."""
    anew = {pair.after for pair, fate in fates(comparison).items() if fate.weight == Weight.REPLACED}
    for stacks in comparison.stacks:
        # Of a nested stack only the one around it reads the outputs.
        if stacks.before and stacks.after and not stacks.after.nested_as:
            yield from _outputs(comparison, stacks.before, stacks.after, anew)
    for pair in comparison.pairs:
        yield from _other_name(pair.before, pair)
    for gone in comparison.deleted:
        yield from _other_name(gone, None)


def _outputs(comparison: Comparison, before: Stack, after: Stack, anew: set[Resource]) -> Iterator[Fact]:
    olds, news = before.section("Outputs"), after.section("Outputs")
    for name, old in olds.items():
        new = news.get(name)
        if new is None:
            yield _of_stack(
                "output", Level.LOOK, after, f"The output {quoted(name)} goes: whoever reads it finds none.", name
            )
            continue
        was, is_ = (
            exact(meaning(assembly, stack, at(one, ["Value"])))
            for assembly, stack, one in ((comparison.before, before, old), (comparison.after, after, new))
        )
        by = [one for one, _ in resources_named(comparison.after, after, at(new, ["Value"])) if one in anew]
        if was != is_ or by:
            cause = f", as {quoted(by[0].path)} is replaced" if by else ""
            yield _of_stack("output", Level.NOTE, after, f"The output {quoted(name)} has another value{cause}.", name)
    come = _exports(comparison.after, after)
    for name, value in _exports(comparison.before, before).items():
        if come.get(name) != value:
            happens = "has another value" if name in come else "goes"
            sentence = f"The export {quoted(name)} {happens}: the deploy fails if a stack of another app uses it."
            yield _of_stack("export", Level.LOOK, after, sentence, name)


def _exports(assembly: Assembly, stack: Stack) -> dict[str, str]:
    return {
        text(name): exact(meaning(assembly, stack, at(output, ["Value"])))
        for output in stack.section("Outputs").values()
        if (name := at(output, ["Export", "Name"]))
    }


def _other_name(before: Resource, pair: Pair | None) -> Iterator[Fact]:
    old, new = (text(one.properties.get("FunctionName")) if one else "" for one in (before, pair and pair.after))
    if before.type == FUNCTION and old and old != new:
        now = f"it is called {quoted(new)}" if new else "AWS gives it a name of its own" if pair else "it goes"
        sentence = f"Who calls the function {quoted(old)} by its name no longer finds it: {now}."
        one = pair.after if pair else before
        values = {"type": one.type, "old": old, "new": new}
        yield Fact("function-name", Level.STOP, one.stack.name, one.path, sentence, values=values)


def _of_stack(kind: str, level: Level, stack: Stack, sentence: str, detail: str) -> Fact:
    return Fact(kind, level, stack.name, "", sentence, detail)
