"""Two kinds of account are two embedded AWSs."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from local_aws import lab
from local_aws.state import State
from ops.answers.errors import OpsError


@pytest.mark.parametrize(
    ("student", "told", "refusal"),
    [
        (True, {"account": "lab"}, None),
        (False, {}, None),
        (True, {}, "up is a lab: `.* down.*` ends it, then the same command again"),
        (False, {"account": "lab"}, "account=lab, but the embedded AWS that is up is no lab: `"),
    ],
)
def test_a_copy_comes_to_its_own_kind(tmp_path: Path, student: bool, told: dict[str, str], refusal: str | None) -> None:
    state = State(tmp_path / "state")
    state.create()
    if student:
        state.student.touch()
    with pytest.raises(OpsError, match=refusal) if refusal else nullcontext():
        lab.check_account(state, told)
