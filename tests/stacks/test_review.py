"""The review of this app's own stacks."""

from collections.abc import Callable

import pytest

from review import kinds
from review.assembly import Assembly
from review.reading import read_assembly
from tests.review.leaves import silent
from tests.stacks.conftest import Synthesis
from tests.stacks.variants import BOTH


@pytest.fixture(scope="module")
def shipped(synthesis: Callable[[str], Synthesis]) -> Assembly:
    return read_assembly(synthesis("default").folder)


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("of", ["template", "artifact"])
@pytest.mark.parametrize("drop", [False, True])
def test_no_change_of_a_leaf_is_silent(shipped: Assembly, name: str, of: str, *, drop: bool) -> None:
    assert silent(shipped, name, of, drop=drop) == []


def test_the_app_itself_asks_for_no_look(shipped: Assembly) -> None:
    assert list(kinds.inventory(shipped)) == []
