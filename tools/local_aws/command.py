"""How commands speak to the person."""

import os
import sys
from pathlib import Path

from local_aws.state import CHECKOUT
from ops.answers.terminal import shown
from stacks.copy_settings import MAIN


def say(text: str) -> None:
    """Print a line at once, also into a pipe; what an app or a function has put into it stays text."""
    print(shown(text), flush=True)


def spell_make(target: str, copy: str) -> str:
    """Spell a command of make."""
    return f"make {target}" + ("" if copy == MAIN else f" COPY={copy}")


def spell(verb: str, copy: str = MAIN) -> str:
    """Spell a command of ours so that it can be pasted."""
    python = Path(os.path.relpath(sys.executable, CHECKOUT))
    return f"{python} -m local_aws {verb}" + ("" if copy == MAIN else f" --copy {copy}")
