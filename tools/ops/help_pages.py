"""Writes docs/ops.md from the commands' own help: ``python -m ops.help_pages``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from ops.__main__ import app
from ops.answers.spelling import OPS

PAGE = Path(__file__).parents[2] / "docs" / "ops.md"
WIDTH = 100
HEAD = f"""\
# {OPS}

Made by `python -m ops.help_pages` from the commands' own `--help`.
"""


def help_page() -> str:
    """Render the help of every command at a fixed width, without colour."""
    group = typer.main.get_group(app)
    top = group.make_context(OPS, [], resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH)
    return "\n".join([HEAD, _block(group.get_help(top)), *_sections(group, top, "")])


def _sections(group: TyperGroup, context: Any, before: str) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.commands[name]
        inner = command.make_context(name, [], parent=context, resilient_parsing=True)
        yield f"## {before}{name}\n"
        yield _block(command.get_help(inner))
        if isinstance(command, TyperGroup):
            yield from _sections(command, inner, f"{name} ")


def _block(text: str) -> str:
    return f"```text\n{text.strip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(help_page(), encoding="utf-8")
