"""What others rely on: outputs, exports, the names of functions."""

from collections.abc import Iterator

from facts.schemas import at
from review.assembly import FUNCTION, Resource, Stack
from review.comparison import Comparison
from review.exports import changed_exports, exported_as, importers
from review.fact import Fact, Level, quoted
from review.fates import replaced
from review.meaning import meaning, resources_named
from review.moves import Pair
from review.values import exact, text

TELLS = ("output", "export", "function-name")


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what others no longer find."""
    users, told = importers(comparison.before), set()
    for stack, name, happens in changed_exports(comparison):
        told.add(name)
        # Of one that is used within the app it is known that the deploy fails.
        if name not in users:
            sentence = f"The export {quoted(name)} {happens}: the deploy fails if a stack of another app uses it."
            yield Fact("export", Level.LOOK, stack.name, stack.path, sentence, name)
    for stacks in comparison.stacks:
        # Of a nested stack only the one around it reads the outputs.
        if stacks.before and stacks.after and not stacks.after.nested_as:
            yield from _outputs(comparison, stacks.before, stacks.after, told)
    for pair in comparison.pairs:
        yield from _other_name(pair.before, pair)
    for gone in comparison.deleted:
        yield from _other_name(gone, None)


def _outputs(comparison: Comparison, before: Stack, after: Stack, told: set[str]) -> Iterator[Fact]:
    news, anew = after.section("Outputs"), replaced(comparison)
    for name, old in before.section("Outputs").items():
        new = news.get(name)
        if exported_as(old) in told:
            continue
        if new is None:
            sentence = f"The output {quoted(name)} goes: whoever reads it finds none."
            yield Fact("output", Level.LOOK, after.name, "", sentence, name)
            continue
        was, is_ = (
            exact(meaning(assembly, stack, at(one, ["Value"])))
            for assembly, stack, one in ((comparison.before, before, old), (comparison.after, after, new))
        )
        by = [one for one, _ in resources_named(comparison.after, after, at(new, ["Value"])) if one in anew]
        if was != is_ or by:
            cause = f", as {quoted(by[0].path)} is replaced" if by else ""
            sentence = f"The output {quoted(name)} has another value{cause}."
            yield Fact("output", Level.NOTE, after.name, "", sentence, name)


def _other_name(before: Resource, pair: Pair | None) -> Iterator[Fact]:
    old, new = (text(one.properties.get("FunctionName")) if one else "" for one in (before, pair and pair.after))
    if before.type == FUNCTION and old and old != new:
        now = f"it is called {quoted(new)}" if new else "AWS gives it a name of its own" if pair else "it goes"
        sentence = f"Who calls the function {quoted(old)} by its name no longer finds it: {now}."
        one = pair.after if pair else before
        yield one.fact("function-name", Level.STOP, sentence, old=old, new=new)
