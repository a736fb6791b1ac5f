"""Assemblies of other people's making, unknown types included: nothing of them is misread."""

from pathlib import Path

import pytest

from review.assembly import Assembly, Resource, Stack
from review.comparison import Comparison
from review.fates import fates
from review.lost import RETAINS, retention
from review.reading import read_assembly
from tests.review.apps import found, told
from tests.review.leaves import silent

OTHERS = sorted(folder for folder in (Path(__file__).parent / "others").iterdir() if folder.is_dir())
others = pytest.mark.parametrize("folder", OTHERS, ids=[folder.name for folder in OTHERS])


def without(assembly: Assembly, gone: Resource) -> Assembly:
    (stack,) = assembly.stacks
    resources = {name: body for name, body in stack.template["Resources"].items() if name != gone.logical_id}
    return Assembly(
        assembly.folder,
        [Stack(stack.name, {**stack.template, "Resources": resources}, stack.artifact, paths=stack.paths)],
    )


def test_there_are_six() -> None:
    assert len(OTHERS) >= 6


@others
def test_the_same_twice_is_no_change(folder: Path) -> None:
    assert told(read_assembly(folder), read_assembly(folder)) == {}


@others
def test_each_construct_has_a_path_of_its_own_that_is_no_logical_id(folder: Path) -> None:
    resources = list(read_assembly(folder).resources)
    assert len({resource.path for resource in resources}) == len(resources)
    assert not [resource.path for resource in resources if resource.path == resource.logical_id]


@pytest.mark.system
@others
def test_each_fact_of_a_resource_says_of_what_type_it_is(folder: Path) -> None:
    assembly = read_assembly(folder)
    types = {one.path: one.type for one in assembly.resources}
    for fact in found(assembly).values():
        assert fact.values.get("type") == types.get(fact.path), fact.id


@others
def test_what_is_dropped_is_told_as_gone(folder: Path) -> None:
    assembly = read_assembly(folder)
    for gone in assembly.resources:
        kinds = {"kept"} if retention(gone, "DeletionPolicy") in RETAINS else {"deleted", "route-gone"}
        facts = told(assembly, without(assembly, gone)).values()
        assert {fact.kind for fact in facts if fact.path == gone.path} & kinds


@pytest.mark.system
@others
@pytest.mark.parametrize("of", ["template", "artifact"])
@pytest.mark.parametrize("drop", [False, True])
def test_no_change_of_a_leaf_is_silent(folder: Path, of: str, *, drop: bool) -> None:
    assembly = read_assembly(folder)
    (stack,) = assembly.stacks
    assert silent(assembly, stack.name, of, drop=drop) == []


def test_a_new_network_takes_along_all_that_stands_in_it() -> None:
    before, after = (read_assembly(Path(__file__).parent / "others" / "lambda-dynamodb") for _ in range(2))
    (vpc,) = after.stacks[0].of_type("AWS::EC2::VPC")
    vpc.properties["CidrBlock"] = "10.9.0.0/16"

    replaced = {pair.after.type for pair in fates(Comparison(before, after))}

    # The function is in it by `VpcConfig`, which changes in place.
    assert {"AWS::EC2::Subnet", "AWS::EC2::SecurityGroup", "AWS::EC2::RouteTable", "AWS::EC2::VPCEndpoint"} < replaced
    assert "AWS::Lambda::Function" not in replaced
