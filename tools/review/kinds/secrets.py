"""Secrets that a template holds, and those that it shows to whoever can look."""

import re
from collections.abc import Iterator
from typing import Any

from facts.schemas import at
from review.assembly import Assembly, Stack
from review.fact import Fact, Level, quoted
from review.hiding import HIDDEN
from review.machines import machines
from review.meaning import resources_named
from review.values import named, text

TELLS = ("secret", "secret-shown")
# What CloudFormation puts in the place of these is the secret itself; of Parameter Store, the private key of a pair.
RESOLVED = re.compile(r"\{\{resolve:(?:secretsmanager:|ssm-secure:|ssm:/ec2/keypair/)")
ATTRIBUTES = {
    ("AWS::Cognito::UserPoolClient", "ClientSecret"),
    ("AWS::IAM::AccessKey", "SecretAccessKey"),
}
Place = tuple[str, ...]


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell of each secret, without it."""
    for stack in assembly.stacks:
        for place, found in _strings(stack.template):
            for number, one in enumerate(HIDDEN.finditer(found)):
                yield _held(stack, place, one["what"], f":{number}" if number else "")
        for name, output in stack.section("Outputs").items():
            if why := _shows(assembly, stack, at(output, ["Value"])):
                sentence = f"Whoever can see the stack reads {why} in its output {quoted(name)}."
                yield Fact("secret-shown", Level.STOP, stack.name, stack.path, sentence, f"Outputs/{name}")
    for resource in assembly.resources:
        told = at(resource.properties, ["Environment", "Variables"])
        for name, value in told.items() if isinstance(told, dict) else ():
            if why := _shows(assembly, resource.stack, value):
                sentence = f"Whoever can see how it is set up reads {why} in its variable {quoted(name)}."
                yield resource.fact("secret-shown", Level.LOOK, sentence, name)
    for machine in machines(assembly):
        if why := _shows(assembly, machine.resource.stack, machine.data.get("UserData")):
            sentence = (
                f"Every program on the machine, and whoever can see how it is set up, reads {why} in its user data."
            )
            yield machine.resource.fact("secret-shown", Level.STOP, sentence, "UserData")


def _held(stack: Stack, place: Place, what: str, number: str) -> Fact:
    resource = stack.resources.get(place[1]) if place[0] == "Resources" else None
    within = "/".join(place[2:] if resource else place)
    sentence = f"Whoever can read the code, or see the stack, has {what}: it stands at {quoted(within)}."
    if resource:
        return resource.fact("secret", Level.STOP, sentence, within + number)
    return Fact("secret", Level.STOP, stack.name, stack.path, sentence, within + number)


def _shows(assembly: Assembly, stack: Stack, value: Any) -> str:
    """Tell which secret a value is, or has in it, once it is deployed."""
    parameters = stack.section("Parameters")
    for name, _ in named(value):
        if str(at(parameters.get(name), ["NoEcho"])).lower() == "true":
            return f"what the deploy was told in secret as {quoted(name)}"
    for resource, attribute in resources_named(assembly, stack, value):
        if (resource.type, attribute) in ATTRIBUTES:
            return f"{quoted(attribute)} of {quoted(resource.path)}"
    found = RESOLVED.search(text(value))
    return f"the secret that {quoted(found[0])} leads to" if found else ""


def _strings(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(inner, (*place, str(name)))
