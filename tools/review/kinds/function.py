"""Functions that AWS will not take, or that do not start."""

import re
from collections.abc import Iterator
from datetime import date

from facts.runtimes import runtime
from facts.schemas import at
from review.assembly import FUNCTION, Assembly, Resource
from review.assets import MOST_FILES, Room, TooLargeError
from review.comparison import Comparison
from review.fact import Fact, Level, quoted
from review.fates import replaced
from review.meaning import possible_whole
from review.spelling import DIGEST
from review.values import text

TELLS = ("runtime", "handler")
ONLY_CHANGES = ()
MOST_CODE = 1_000_000
# What each runtime calls a module's file.
MODULES = {"python": (".py", "/__init__.py"), "nodejs": (".js", ".mjs", ".cjs")}
# What gives a Python module names that do not stand in it.
MADE = re.compile(r"import \*|globals\(|__getattr__")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell of each function that AWS will not take or that does not start."""
    # Of a zip the list of its files is read, and one of them.
    room = Room(files=10 * MOST_FILES)
    for function in assembly.resources:
        if function.type == FUNCTION:
            yield from _runtime(assembly, function)
            yield from _handler(assembly, function, room)


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what was so before only where the function changes: AWS may no longer take that."""
    stood = {fact.id for fact in standing(comparison.before)}
    changed = replaced(comparison) | {
        pair.after for pair in comparison.updated if pair.before.properties != pair.after.properties
    }
    touched = {(one.stack.name, one.path) for one in changed}
    for fact in standing(comparison.after):
        refused = fact.kind == "runtime" and fact.level == Level.STOP and (fact.stack, fact.path) in touched
        if fact.id not in stood or refused:
            yield fact


def _runtime(assembly: Assembly, function: Resource) -> Iterator[Fact]:
    for name in possible_whole(assembly, function.stack, function.properties.get("Runtime")):
        known = runtime(name) if isinstance(name, str) else None
        if not known:
            continue
        today = date.today()
        instead = f" {quoted(known.successor)} is the newest of its kind." if known.successor else ""
        if known.create_block and known.create_block <= today:
            since = known.create_block
            words = (
                "no new function"
                if not known.update_block or known.update_block > today
                else "no function, new or changed,"
            )
            yield function.fact("runtime", Level.STOP, f"AWS takes {words} of {quoted(name)}, since {since}.{instead}")
        elif known.deprecated and known.deprecated <= today:
            ends = f", and takes no new function of it from {known.create_block} on" if known.create_block else ""
            sentence = f"AWS has mended nothing in {quoted(name)} since {known.deprecated}{ends}.{instead}"
            yield function.fact("runtime", Level.LOOK, sentence)


def _handler(assembly: Assembly, function: Resource, room: Room) -> Iterator[Fact]:
    said, kind = (text(function.properties.get(name)) for name in ("Handler", "Runtime"))
    module, _, name = said.rpartition(".")
    ends = next((ends for family, ends in MODULES.items() if kind.startswith(family)), ())
    # A layer may bring the module.
    if not (ends and module and re.fullmatch(r"[\w./-]+", said)) or function.properties.get("Layers"):
        return
    if isinstance(inline := at(function.properties, ["Code", "ZipFile"]), str):
        found = inline if module == "index" else None
    else:
        key = DIGEST.search(text(at(function.properties, ["Code", "S3Key"])))
        asset = assembly.assets.get(key[0]) if key else None
        if not asset or not asset.path.exists():
            return
        path = module if kind.startswith("nodejs") else module.replace(".", "/")
        try:
            found = asset.text_of([path + end for end in ends], MOST_CODE, room)
        except TooLargeError:
            return
    if found is None:
        yield function.fact(
            "handler", Level.STOP, f"It does not start: none of its files is the module of {quoted(said)}."
        )
    elif kind.startswith("python") and not re.search(rf"\b{name}\b", found) and not MADE.search(found):
        yield function.fact(
            "handler", Level.STOP, f"It does not start: its module has no {quoted(name)} of {quoted(said)}."
        )
