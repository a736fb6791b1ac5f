"""Asking before something is lost: the person at the terminal, and nobody where there is none."""

import sys

import typer

from ops.answers.errors import OpsError
from ops.answers.output import note

NOBODY_TO_ASK = 3


def is_terminal() -> bool:
    """Whether somebody can answer."""
    return bool(sys.stdin and sys.stdin.isatty())


def agreed(question: str) -> bool:
    """Ask; whoever only presses Enter says no."""
    return typer.confirm(question, default=False, err=True)


def require(question: str, *, yes: bool, otherwise: str, advice: str) -> None:
    """Go on only with the person's consent.

    :param yes: they have given it already, with ``--yes``.
    :param otherwise: what is so without it, such as "nothing was deployed".
    :param advice: what to type where nobody can be asked.
    """
    if yes:
        return
    if not is_terminal():
        note(f"error: {otherwise}, as there is no terminal to ask at: {advice}")
        raise typer.Exit(NOBODY_TO_ASK)
    if not agreed(question):
        raise OpsError(otherwise)
