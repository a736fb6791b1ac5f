"""How our commands are spelled so that they can be pasted: for this copy, and this state folder."""

import os
import shlex
import sys
from pathlib import Path

from local_aws.state import USUAL, State
from ops.answers.spelling import make
from stacks.copy_settings import MAIN
from stacks.setting import CHECKOUT

OF_MAKE = ("up", "down", "watch")


def spell(state: State, verb: str, copy: str = MAIN) -> str:
    """Spell a command: of make where make has it, which knows the usual folder alone."""
    usual = state.folder == USUAL
    if usual and verb in OF_MAKE:
        return make(verb, copy)
    python = Path(os.path.relpath(sys.executable, CHECKOUT))
    of_copy = "" if copy == MAIN else f" --copy {copy}"
    of_state = "" if usual else f" --state {shlex.quote(str(state.folder))}"
    return f"{python} -m local_aws {verb}{of_copy}{of_state}"
