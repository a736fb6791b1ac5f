"""How commands speak to the person."""

import os
import sys
from pathlib import Path

from local_aws.state import CHECKOUT
from ops.terminal import shown


def say(text: str) -> None:
    """Print a line at once, also into a pipe; what an app or a function has put into it stays text."""
    print(shown(text), flush=True)


def spell(verb: str) -> str:
    """Spell a command of ours so that it can be pasted."""
    python = Path(os.path.relpath(sys.executable, CHECKOUT))
    return f"{python} -m local_aws {verb}"
