"""The rights that docs/security.md names are those that the verbs need; conftest.py compares each call."""

from pathlib import Path

import typer
from botocore import xform_name

from ops.__main__ import app
from tests.ops.rights import documented


def test_each_verb_that_asks_aws_has_a_row() -> None:
    assert documented().keys() == typer.main.get_group(app).commands.keys() - {"my-ip"}


def test_no_right_is_named_that_nobody_uses(root: Path) -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in (root / "tools" / "ops").rglob("*.py"))
    named = {right for rights in documented().values() for right in rights}
    calls = {right: xform_name(right.partition(":")[2]) for right in named - {"lambda:InvokeFunction"}}
    assert not [right for right, call in calls.items() if f"{call}(" not in code and f'"{call}"' not in code]
