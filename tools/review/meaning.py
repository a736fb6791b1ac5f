"""What a value of a template stands for: parameters, mappings, conditions and nested stacks read through."""

from collections.abc import Iterator, Mapping
from typing import Any

from review.assembly import Assembly, Resource, Stack
from review.values import named

NO_VALUE = {"Ref": "AWS::NoValue"}


def meaning(assembly: Assembly, stack: Stack, value: Any) -> Any:
    """Write a value with what it stands for in place of names, so that a change of that is a change of the value."""
    match value:
        case {"Ref": str(name)} if len(value) == 1 and name in stack.section("Parameters"):
            if stack.nested_as and (passed := _passed(stack)) and name in passed:
                return meaning(assembly, stack.nested_as.stack, passed[name])
            parameter = stack.section("Parameters")[name]
            return {"Parameter": parameter if "Default" in parameter else [name, parameter]}
        case {"Fn::FindInMap": [str(name), *keys]} if len(value) == 1:
            return {"Fn::FindInMap": [_narrowed(stack.section("Mappings").get(name), keys), *keys]}
        case {"Fn::If": [str(name), *branches]} if len(value) == 1:
            condition = meaning(assembly, stack, stack.section("Conditions").get(name))
            return {"Fn::If": [condition, *(meaning(assembly, stack, branch) for branch in branches)]}
        case {"Condition": str(name)} if len(value) == 1:
            return {"Condition": meaning(assembly, stack, stack.section("Conditions").get(name, name))}
        case {"Fn::GetAtt": [str(name), str(attribute)]} if output := _output(assembly, stack, name, attribute):
            return meaning(assembly, assembly.nested[stack, name], output)
        case {"Fn::GetAtt": str(both)} if len(value) == 1:
            return meaning(assembly, stack, {"Fn::GetAtt": both.split(".", 1)}) if "." in both else value
        case dict():
            return {name: meaning(assembly, stack, inner) for name, inner in value.items()}
        case list():
            return [meaning(assembly, stack, inner) for inner in value]
    return value


def resources_named(assembly: Assembly, stack: Stack, value: Any) -> Iterator[tuple[Resource, str]]:
    """Give the resources, and of them the attributes, that a value is made of, nested stacks read through."""
    for name, attribute in named(value):
        if output := _output(assembly, stack, name, attribute):
            yield from resources_named(assembly, assembly.nested[stack, name], output)
        elif resource := stack.resources.get(name):
            yield resource, attribute
        elif stack.nested_as and name in _passed(stack):
            yield from resources_named(assembly, stack.nested_as.stack, _passed(stack)[name])


def possible(assembly: Assembly, stack: Stack, value: Any) -> Iterator[tuple[Stack, Any]]:
    """Give each value that one may turn out to be, with the stack in which what it names is; lists member by member."""
    for where, one in _possible(assembly, stack, value):
        if isinstance(one, list):
            for inner in one:
                yield from possible(assembly, where, inner)
        elif one != NO_VALUE:
            yield where, one


def possible_whole(assembly: Assembly, stack: Stack, value: Any) -> list[Any]:
    """Give each value that one may turn out to be; lists as they are, and None for what may not be there."""
    return [None if one == NO_VALUE else one for _, one in _possible(assembly, stack, value)] or [None]


def may_be_true(assembly: Assembly, stack: Stack, value: Any) -> bool:
    """Tell whether a value may turn out to be true."""
    return any(str(said).lower() == "true" for _, said in possible(assembly, stack, value))


def _possible(assembly: Assembly, stack: Stack, value: Any) -> Iterator[tuple[Stack, Any]]:
    match value:
        case {"Ref": str(name)} if len(value) == 1 and name in stack.section("Parameters"):
            parameter = stack.section("Parameters")[name]
            if stack.nested_as and name in _passed(stack):
                yield from _possible(assembly, stack.nested_as.stack, _passed(stack)[name])
            elif "Default" in parameter and not str(parameter.get("Type")).startswith("AWS::SSM::"):
                many = str(parameter.get("Type")).startswith(("CommaDelimitedList", "List<"))
                yield stack, str(parameter["Default"]).split(",") if many else parameter["Default"]
            else:
                yield stack, value
        case {"Fn::If": [_, *branches]} if len(value) == 1:
            for branch in branches:
                yield from _possible(assembly, stack, branch)
        case {"Fn::FindInMap": [str(name), *keys]} if len(value) == 1:
            yield from ((stack, leaf) for leaf in _leaves(_narrowed(stack.section("Mappings").get(name), keys)))
        case {"Fn::GetAtt": [str(name), str(attribute)]} if output := _output(assembly, stack, name, attribute):
            yield from _possible(assembly, assembly.nested[stack, name], output)
        case _:
            yield stack, value


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    else:
        yield value


def _passed(stack: Stack) -> Mapping[str, Any]:
    found = stack.nested_as.properties.get("Parameters") if stack.nested_as else None
    return found if isinstance(found, dict) else {}


def _output(assembly: Assembly, stack: Stack, name: str, attribute: str) -> Any:
    if not attribute.startswith("Outputs.") or (stack, name) not in assembly.nested:
        return None
    output = assembly.nested[stack, name].section("Outputs").get(attribute.removeprefix("Outputs."))
    return output.get("Value") if isinstance(output, dict) else None


def _narrowed(mapping: Any, keys: list[Any]) -> Any:
    for key in keys:
        if not isinstance(key, str) or not isinstance(mapping, dict) or key not in mapping:
            break
        mapping = mapping[key]
    return mapping
