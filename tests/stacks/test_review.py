"""The review of this app's own stacks."""

import json
from collections.abc import Callable

import pytest

from review import kinds
from review.assembly import Assembly, Stack
from review.comparison import Comparison
from review.fact import Level
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


def test_another_tag_and_another_description_ask_for_no_look(shipped: Assembly) -> None:
    text = json.dumps([stack.template for stack in shipped.stacks])
    edited = text.replace('"Value": "cdk-data-compute"', '"Value": "other"').replace(
        '"Description": "', '"Description": "new: '
    )
    stacks = [
        Stack(stack.name, template, stack.artifact, paths=stack.paths)
        for stack, template in zip(shipped.stacks, json.loads(edited), strict=True)
    ]
    facts = list(kinds.changes(Comparison(shipped, Assembly(shipped.folder, stacks))))
    assert len(facts) > 20
    assert [(fact.id, fact.sentence) for fact in facts if fact.level != Level.NOTE] == []


def test_nothing_of_the_app_itself_stops(shipped: Assembly) -> None:
    assert [fact.id for fact in kinds.inventory(shipped) if fact.level == Level.STOP] == []
