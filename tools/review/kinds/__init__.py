"""One module a kind of fact, or a few that are one thought. Each is found by being here.

A module has `TELLS`, the names of its kinds, and `changes(comparison)`, or `standing(assembly)` for what an app is
whatever it was, or both; with both, `ONLY_CHANGES` names the kinds that are of a change. What stands in the app
after a change and did not before is told as a change, unless the module has its own `changes`.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from review.assembly import Assembly
from review.comparison import Comparison, news
from review.fact import Fact

# Told first within a level: what fails, is lost, opens, gives rights. The rest follows.
ORDER = ("deploy_fails", "fate", "security_groups", "routes", "facing_out", "rights")
NAMES = dict.fromkeys([*ORDER, *(found.name for found in iter_modules(__path__))])
KINDS: list[ModuleType] = [import_module(f"{__name__}.{name}") for name in NAMES]

# What is accepted of these is accepted for one change.
ONLY_CHANGES = frozenset(
    name
    for kind in KINDS
    if hasattr(kind, "changes")
    for name in (kind.ONLY_CHANGES if hasattr(kind, "standing") else kind.TELLS)
)
# What is accepted of these may be of the app.
STANDING = frozenset(name for kind in KINDS for name in kind.TELLS) - ONLY_CHANGES


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell all that a change does."""
    for kind in KINDS:
        if hasattr(kind, "changes"):
            yield from kind.changes(comparison)
        else:
            yield from news(kind.standing, comparison)


def inventory(assembly: Assembly) -> Iterator[Fact]:
    """Tell what an app is."""
    for kind in KINDS:
        if hasattr(kind, "standing"):
            yield from kind.standing(assembly)
