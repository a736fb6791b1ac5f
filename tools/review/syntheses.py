"""Folders that hold one assembly, or several of one app, each in a folder of its own: an app has settings."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from review import kinds
from review.comparison import Comparison
from review.fact import Fact, quoted
from review.reading import UnreadableError, read_assembly


def read_comparisons(base: Path, head: Path, cost_limit: float) -> dict[str, Comparison]:
    """Compare two folders, by the names of the syntheses in them; the one of an assembly itself has none."""
    before, after = _folders(base), _folders(head)
    if before.keys() != after.keys():
        raise UnreadableError(f"{base} holds {_listed(before)}, and {head} {_listed(after)}: synthesize both alike")
    return {
        name: Comparison(read_assembly(before[name]), read_assembly(after[name]), cost_limit) for name in sorted(before)
    }


def told_once(comparisons: Mapping[str, Comparison]) -> list[Fact]:
    """Tell a single time what all syntheses tell, and beside the rest which of them tells it."""
    told: dict[str, tuple[Fact, list[str]]] = {}
    for name, comparison in comparisons.items():
        for fact in kinds.changes(comparison):
            words = json.dumps([fact.id, fact.level.value, fact.sentence, fact.values], sort_keys=True, default=str)
            told.setdefault(words, (fact, []))[1].append(name)
    # A copy's stacks are in one synthesis only, which goes without saying.
    having = {name: {pair.either.name for pair in one.stacks} for name, one in comparisons.items()}
    return [
        _named(fact, names, {name for name, stacks in having.items() if not fact.stack or fact.stack in stacks})
        for fact, names in told.values()
    ]


def _named(fact: Fact, names: list[str], could: set[str]) -> Fact:
    if could <= set(names):
        return fact
    where = ", ".join(map(quoted, names))
    beside = f" Only in {where}." if fact.sentence.endswith(".") else f", only in {where}"
    return replace(fact, sentence=fact.sentence + beside)


def _folders(folder: Path) -> dict[str, Path]:
    if not folder.is_dir() or (folder / "manifest.json").exists():
        return {"": folder}
    # A link may lead out of what a stranger sent.
    inside = (each for each in folder.iterdir() if not each.is_symlink())
    found = {each.name: each for each in inside if (each / "manifest.json").is_file()}
    # Without any, it is to be said of the folder itself.
    return found or {"": folder}


def _listed(folders: Mapping[str, Path]) -> str:
    return ", ".join(name or "one assembly" for name in sorted(folders))
