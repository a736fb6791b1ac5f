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


def test_with_doors_open_the_inventory_says_who_can_reach_what_and_who_may_do_what(
    synthesis: Callable[[str], Synthesis],
) -> None:
    facts = list(kinds.inventory(read_assembly(synthesis("doors").folder)))

    told = {fact.sentence for fact in facts if fact.kind in ("reachable", "callable", "may")}
    assert len(facts) <= 12
    assert {one.partition(" may ")[0] for one in told if " may " in one} == {
        "`Function/Function`, `Function/Function/Twin`",
        "`Server/Instance`",
    }
    assert {one for one in told if " may " not in one} == {
        "`203.0.113.0/24`, whoever is in the prefix list `pl-12345678` can reach `tcp` 8501 of `Server/Instance`.",
        "`203.0.113.7/32` can reach `tcp` 22 (SSH) of `Server/Instance`.",
        "Everybody on the internet can call `GET /calculate_mean`, `POST /calculate_mean`: nobody is asked who it is.",
    }


def test_a_door_that_opens_to_the_world_stops(shipped: Assembly, synthesis: Callable[[str], Synthesis]) -> None:
    facts = list(kinds.changes(Comparison(shipped, read_assembly(synthesis("world").folder))))
    assert [fact.id for fact in facts if fact.level == Level.STOP] == [
        "opened:Streamlit/Server/SecurityGroup:in:tcp/8501"
    ]
