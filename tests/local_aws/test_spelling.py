"""A command that we print can be pasted as it is."""

import os
import sys
from pathlib import Path

import pytest

from local_aws.spelling import spell
from local_aws.state import USUAL, State
from stacks.setting import CHECKOUT

PYTHON = os.path.relpath(sys.executable, CHECKOUT)


@pytest.mark.parametrize(
    ("folder", "verb", "copy", "spelled"),
    [
        (USUAL, "up", "main", "make up"),
        (USUAL, "watch", "bob", "make watch COPY=bob"),
        (USUAL, "logs --follow", "bob", f"{PYTHON} -m local_aws logs --follow --copy bob"),
        # make knows no other folder.
        (Path("/my state"), "down", "main", f"{PYTHON} -m local_aws down --state '/my state'"),
        (Path("/other"), "up", "bob", f"{PYTHON} -m local_aws up --copy bob --state /other"),
    ],
)
def test_a_command(folder: Path, verb: str, copy: str, spelled: str) -> None:
    assert spell(State(folder), verb, copy) == spelled
