"""Security groups and roles that something wears, and that are none of the app's: nobody looked into them."""

import re
from collections.abc import Iterator
from typing import Any

from review.assembly import Assembly, Resource
from review.fact import Fact, Level, as_detail, quoted
from review.meaning import possible, resources_named
from review.spelling import spelled

TELLS = ("borrowed",)
# What each is called, of any type, and of what types those of the app's own are.
WORN = {
    re.compile(r"(Vpc|VPC|Network)?(SecurityGroup(Id)?s|Groups)"): ("security group", ("AWS::EC2::SecurityGroup",)),
    re.compile(r"(\w*Role(Arn)?|IamInstanceProfile)"): ("role", ("AWS::IAM::Role", "AWS::IAM::InstanceProfile")),
}
# Name one to say something about it.
ABOUT = re.compile(r"^Custom::|^AWS::(IAM|CDK|CloudFormation)::|Policy$")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell each."""
    for resource in assembly.resources:
        if not ABOUT.search(resource.type):
            said = dict.fromkeys(_found(assembly, resource, resource.properties))
            for what, name in said:
                sentence = f"It wears the {what} {quoted(name)}, which is none of the app's: it was not looked into."
                yield resource.fact("borrowed", Level.LOOK, sentence, as_detail(name))


def _found(assembly: Assembly, resource: Resource, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for inner in value:
            yield from _found(assembly, resource, inner)
    for name, inner in value.items() if isinstance(value, dict) else ():
        what, types = next((said for pattern, said in WORN.items() if pattern.fullmatch(name)), ("", ()))
        if not what:
            yield from _found(assembly, resource, inner)
            continue
        named = inner.get("Arn", inner.get("Name", inner)) if isinstance(inner, dict) else inner
        for stack, one in possible(assembly, resource.stack, named):
            if not any(own.type in types for own, _ in resources_named(assembly, stack, one)):
                yield what, spelled(stack, one, {})
