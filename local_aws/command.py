"""How commands speak to the person."""

import os
import sys
from pathlib import Path

from local_aws.state import CHECKOUT


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def spell(verb: str) -> str:
    """Spell a command of ours so that it can be pasted."""
    python = Path(os.path.relpath(sys.executable, CHECKOUT))
    return f"{python} -m local_aws {verb}"
