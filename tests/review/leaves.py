"""Edit and drop each leaf of a stack, and see that the review names it."""

import copy
from collections.abc import Iterator
from typing import Any

from review import kinds
from review.assembly import Assembly, Stack
from review.comparison import Comparison
from review.values import exact

Place = tuple[Any, ...]
# Where in the code a construct stands is not deployed, and the template's own hash is no news of its own.
NOT_DEPLOYED = {("metadata",), ("properties", "stackTemplateAssetObjectUrl")}
APART = 25


def silent(assembly: Assembly, name: str, of: str, *, drop: bool) -> list[Place]:
    """Give the leaves of a stack's `template` or `artifact` of which no fact names an edit, or that they went."""
    (stack,) = [stack for stack in assembly.stacks if stack.name == name]
    places = [place for place in leaves(getattr(stack, of)) if not {place[:1], place[:2]} & NOT_DEPLOYED]
    assert len(places) > (10 if of == "artifact" else 50)
    missed = []
    for first in range(APART):
        # Each 25th leaf at a time, as a comparison takes milliseconds; the last first, as indexes move.
        whole, at_once = getattr(stack, of), places[first::APART]
        for place in reversed(at_once):
            whole = _changed(whole, place, drop=drop)
        parts = {"template": stack.template, "artifact": stack.artifact, "paths": stack.paths, of: whole}
        others = [Stack(name, **parts) if one is stack else one for one in assembly.stacks]
        facts = list(kinds.changes(Comparison(assembly, Assembly(assembly.folder, others))))
        told = {(fact.kind, fact.path, fact.detail.replace("/-", "/"), exact(fact.values.get("old"))) for fact in facts}
        missed += [place for place in at_once if _as_told(stack, of, place) not in told]
    return missed


def leaves(value: Any, path: Place = ()) -> Iterator[Place]:
    """Give the way to each leaf."""
    if not value or not isinstance(value, dict | list):
        yield path
        return
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(inner, (*path, name))


def _changed(whole: Any, place: Place, *, drop: bool) -> Any:
    """Give a copy of what holds a leaf, without it or with another in its place; the rest is shared."""
    name, *rest = place
    again = copy.copy(whole)
    if rest:
        again[name] = _changed(whole[name], tuple(rest), drop=drop)
    elif drop:
        del again[name]
    else:
        again[name] = [whole[name]] if isinstance(whole[name], dict) else {"edited": whole[name]}
    return again


def _as_told(stack: Stack, of: str, place: Place) -> tuple[str, str, str, str]:
    """Give kind, construct, path and old value as a fact about a leaf has them."""
    leaf = getattr(stack, of)
    for step in place:
        leaf = leaf[step]
    kind, path = {"template": "template", "artifact": "manifest"}[of], ""
    if place[0] == "Resources":
        kind, path, place = "property", stack.resources[place[1]].path, place[2:]
    return kind, path, "/".join(map(str, place)), exact(leaf)
