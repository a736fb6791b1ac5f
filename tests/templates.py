"""Synthesize one stack and look into its template."""

from typing import Any

from aws_cdk import Stack
from aws_cdk.assertions import Template

Json = dict[str, Any]
TWIN = "data_compute_start.lambda_handler"


def synthesized(stack: Stack) -> Json:
    """Synthesize the stack's app and give the stack's template."""
    return dict(Template.from_stack(stack).to_json())


def resources(template: Json, kind: str) -> dict[str, Json]:
    """Give the resources of one type by their logical ids."""
    return {name: found for name, found in template["Resources"].items() if found["Type"] == kind}


def only(template: Json, kind: str) -> Json:
    """Give the one resource of its type."""
    (found,) = resources(template, kind).values()
    return found


def properties(template: Json, kind: str) -> Json:
    """Give the properties of the one resource of its type."""
    found: Json = only(template, kind).get("Properties", {})
    return found


def ours(template: Json, kind: str, begins: str) -> Json:
    """Give the properties of our resource of that type by how its logical id begins; a person may have added others."""
    (found,) = [found for name, found in resources(template, kind).items() if name.startswith(begins)]
    properties: Json = found["Properties"]
    return properties


def twin_of(template: Json) -> Json:
    """Give the properties of what imports the handler of the one function, at a deploy."""
    (found,) = [function for function in _functions(template) if function["Handler"] == TWIN]
    return found


def function_of(template: Json) -> Json:
    """Give the properties of the one function that somebody calls."""
    (found,) = [function for function in _functions(template) if function["Handler"] != TWIN]
    return found


def _functions(template: Json) -> list[Json]:
    return [found["Properties"] for found in resources(template, "AWS::Lambda::Function").values()]


def function_called(template: Json, name: str) -> Json:
    """Give the properties of the function of that name; there may be others."""
    (found,) = [function for function in _functions(template) if function.get("FunctionName") == name]
    return dict(found)


def statements(template: Json) -> list[Json]:
    """Give every statement of every policy that the template writes, wherever it stands."""
    policies = [found["Properties"] for found in resources(template, "AWS::IAM::Policy").values()]
    for role in resources(template, "AWS::IAM::Role").values():
        policies += role["Properties"].get("Policies", [])
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def rendered(value: Any) -> str:
    """Render a value as text, with ``${…}`` for what only a deploy knows."""
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(rendered(part) for part in parts)
        case {"Fn::Base64": inner} | {"Fn::Sub": inner}:
            return rendered(inner)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::ImportValue": name}:
            return f"${{import {rendered(name)}}}"
        case {"Ref": name}:
            return f"${{{name}}}"
    raise TypeError(f"cannot render {value!r}")


def user_data(template: Json) -> str:
    """Give the machine's user data as text."""
    return rendered(machine_of(template)["UserData"])


def machine_of(template: Json) -> Json:
    """Give what the machine is made of: the data of the one launch template."""
    found: Json = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    return found
