"""What the README says of the settings is what they say of themselves."""

import re
from collections.abc import Mapping
from pathlib import Path

from stacks.registry import SETTINGS
from stacks.setting import Setting

TABLE = re.compile(r"^\| setting \| .*?\n(?=\n)", re.MULTILINE | re.DOTALL)


def table(settings: Mapping[str, Setting]) -> str:
    rows = [
        f"| `{name}` | {f'`{declared.default}`' if declared.default else 'none'} | {declared.help} |"
        for name, declared in settings.items()
    ]
    return "\n".join(["| setting | default | what it does |", "| --- | --- | --- |", *rows, ""])


def test_the_readme_has_every_setting_as_it_is_declared(root: Path) -> None:
    found = TABLE.search((root / "README.md").read_text(encoding="utf-8"))

    assert found, "README.md has no table that begins with | setting |"
    assert found[0] == table(SETTINGS), f"README.md has another table of settings; the lines are\n{table(SETTINGS)}"
