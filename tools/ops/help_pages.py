"""Writes docs/ops.md from the commands' own help: ``python -m ops.help_pages``."""

from pathlib import Path

import typer

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
    sections = [HEAD, _block(group.get_help(top))]
    for name in group.list_commands(top):
        command = group.commands[name]
        inner = command.make_context(name, [], parent=top, resilient_parsing=True)
        sections += [f"## {name}\n", _block(command.get_help(inner))]
    return "\n".join(sections)


def _block(text: str) -> str:
    return f"```text\n{text.strip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(help_page(), encoding="utf-8")
