"""What stacks export to others: which exports go or change, and who imports them."""

from collections.abc import Iterator
from typing import Any

from facts.schemas import at
from review.assembly import Assembly, Stack
from review.comparison import Comparison
from review.fact import quoted
from review.fates import replaced
from review.meaning import meaning, resources_named
from review.values import exact, text


def exported_as(output: Any) -> str:
    """Give the name under which others find an output; empty where they do not."""
    return text(at(output, ["Export", "Name"]))


def changed_exports(comparison: Comparison) -> Iterator[tuple[Stack, str, str]]:
    """Give the exports that go or have another value, each with its stack and with what happens to it."""
    anew = replaced(comparison)
    for stacks in comparison.stacks:
        if stacks.before and stacks.after:
            come = _exports(stacks.after)
            for name, value in _exports(stacks.before).items():
                if name not in come:
                    yield stacks.after, name, "goes"
                    continue
                old = meaning(comparison.before, stacks.before, value)
                new = meaning(comparison.after, stacks.after, come[name])
                by = [one for one, _ in resources_named(comparison.after, stacks.after, come[name]) if one in anew]
                if exact(old) != exact(new) or by:
                    cause = f", as {quoted(by[0].path)} is replaced" if by else ""
                    yield stacks.after, name, f"has another value{cause}"


def importers(assembly: Assembly) -> dict[str, set[str]]:
    """Give the stacks that use each export."""
    users: dict[str, set[str]] = {}
    for stack in assembly.stacks:
        for name in _imported(stack.template):
            users.setdefault(name, set()).add(stack.name)
    return users


def _exports(stack: Stack) -> dict[str, Any]:
    outputs = stack.section("Outputs").values()
    return {name: at(output, ["Value"]) for output in outputs if (name := exported_as(output))}


def _imported(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "Fn::ImportValue":
                yield text(inner)
            yield from _imported(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _imported(inner)
