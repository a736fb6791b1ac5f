"""The kinds of facts: each is told by one module, and explained."""

from pathlib import Path

from review import kinds


def test_each_kind_is_told_by_one_module_and_explained(root: Path) -> None:
    told = [name for kind in kinds.KINDS for name in kind.TELLS]
    rows = [line for line in (root / "docs" / "review.md").read_text().splitlines() if line.startswith("| `")]
    explained = [name.strip("`") for row in rows for name in row.split("|")[1].strip().split(", ")]
    assert sorted(explained) == sorted(told)
