"""A command that fails in words."""

import functools
import io
import sys
from collections.abc import Callable
from typing import Any

import typer

from ops.answers.errors import in_words
from ops.answers.output import note


def speaking(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a command, or a whole command line, that says in words why it failed, and exits with 1."""

    @functools.wraps(function)
    def command(**options: Any) -> None:
        # The terminal's encoding may lack a character of ours, or of what somebody else wrote.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            function(**options)
        except KeyboardInterrupt:
            note("stopped")
            raise SystemExit(130) from None
        except BrokenPipeError:
            # Whoever read our output has had enough of it, as `| head` does.
            sys.stdout = None
            raise SystemExit(0) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if sys.flags.dev_mode:
                raise
            note(f"error: {in_words(error)}")
            raise SystemExit(1) from None

    return command
