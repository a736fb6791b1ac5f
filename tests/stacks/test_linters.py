"""cfn-lint and an IAM linter over every template, in this process as each start costs seconds."""

import importlib
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from stacks.lab_names import BOOTSTRAP_TEMPLATE
from tests.stacks.conftest import Synthesis
from tests.stacks.test_lab_bootstrap import of_a_lab
from tests.stacks.variants import VARIANTS
from tests.templates import Json, resources

Synthesize = Callable[[str], Synthesis]
FindMistakes = Callable[[Json], list[str]]
# A variant and a stack; and what is found there: a rule, a type of resource, a property.
Place = tuple[str, str]
Finding = tuple[str, str, str]

# What cfn-lint finds, where, and why it stays.
CAUSED_BY_THE_CDK = {
    ("W3005", "AWS::Lambda::Function", "DependsOn"): "The CDK lists role and policy, though the role is implied.",
}
POLICY = "AWS::IAM::Policy"
# What a reference becomes where a linter wants to see an ARN.
ARNS = {
    "AWS::Logs::LogGroup": "arn:aws:logs:eu-central-1:111122223333:log-group:{}:*",
    "AWS::Lambda::Function": "arn:aws:lambda:eu-central-1:111122223333:function:{}",
}
# And of what the reference itself is one.
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a type
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::AccountId": "111122223333",
    "AWS::StackName": "Streamlit",
}

CHANGED = [(variant, stack) for variant, chosen in VARIANTS.items() for stack in chosen.changes]
# And what is deployed before them there.
OF_A_LAB = ("lab", "bootstrap")
each_template = pytest.mark.parametrize(("variant", "stack"), CHANGED)


@pytest.fixture(scope="module")
def linted(synthesis: Synthesize) -> dict[Place, set[Finding]]:
    """Give what cfn-lint finds in each template. It reads its rules once: that takes longer than a template."""
    # Here, as each process imports this file and one of them lints.
    from cfnlint.api import lint_by_config  # type: ignore[import-untyped]
    from cfnlint.config import ManualArgs  # type: ignore[import-untyped]

    files = {str(synthesis(variant).template_file(stack)): (variant, stack) for variant, stack in CHANGED}
    found: dict[Place, set[Finding]] = {place: set() for place in [*CHANGED, OF_A_LAB]}
    for match in lint_by_config(ManualArgs(templates=[*files, str(BOOTSTRAP_TEMPLATE)], regions=["us-east-1"])):
        variant, stack = files.get(match.filename, OF_A_LAB)
        template = synthesis(variant).template(stack) if match.filename in files else of_a_lab()
        found[variant, stack].add(_finding(match, template))
    return found


@pytest.fixture(scope="module")
def find_mistakes() -> FindMistakes:
    """Give the IAM linter. Its own code makes Python warn when it is compiled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parliament = importlib.import_module("parliament")
    return lambda policy: [finding.issue for finding in parliament.analyze_policy_string(json.dumps(policy)).findings]


@pytest.mark.parametrize(("variant", "stack"), [*CHANGED, OF_A_LAB])
def test_cfn_lint_finds_nothing(linted: dict[Place, set[Finding]], variant: str, stack: str) -> None:
    assert linted[variant, stack] - CAUSED_BY_THE_CDK.keys() == set()


def test_what_cfn_lint_may_find_it_does(linted: dict[Place, set[Finding]]) -> None:
    assert CAUSED_BY_THE_CDK.keys() - set().union(*linted.values()) == set()


def _finding(match: Any, template: Json) -> Finding:
    """Name the rule, the type of the resource and the property."""
    section, name, *where = match.path
    kind = template["Resources"][name]["Type"] if section == "Resources" else section
    return match.rule.id, kind, str(where[0]) if where else match.message


@each_template
def test_parliament_finds_nothing_in_a_policy(
    synthesis: Synthesize, find_mistakes: FindMistakes, variant: str, stack: str
) -> None:
    documents = policies(synthesis(variant).template(stack))

    assert bool(documents) == (variant != "lab")
    assert {name: find_mistakes(document) for name, document in documents.items()} == {name: [] for name in documents}


def test_parliament_sees_a_mistake(find_mistakes: FindMistakes) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObjects", "Resource": "*"}

    assert find_mistakes({"Version": "2012-10-17", "Statement": [statement]}) == ["UNKNOWN_ACTION"]


def policies(template: Json) -> dict[str, Json]:
    """Give the policies with every reference replaced by what it could be after a deploy."""
    documents = {name: found["Properties"]["PolicyDocument"] for name, found in resources(template, POLICY).items()}
    known = {name: [*_known(document["Statement"], template)] for name, document in documents.items()}
    return {name: documents[name] | {"Statement": statements} for name, statements in known.items() if statements}


def _known(statements: list[Json], template: Json) -> Iterator[Json]:
    """Leave out the rights to what a person has added, whose ARNs may be of any kind."""
    for statement in statements:
        with suppress(KeyError):
            yield _concrete(statement, template)


def test_rights_to_what_a_person_has_added_are_left_out() -> None:
    ours, theirs = ({"Action": "any", "Resource": {"Fn::GetAtt": [name, "Arn"]}} for name in ("Logs", "Data"))
    rights = {"Type": POLICY, "Properties": {"PolicyDocument": {"Statement": [ours, theirs]}}}
    template = {"Logs": {"Type": "AWS::Logs::LogGroup"}, "Data": {"Type": "AWS::S3::Bucket"}, "Rights": rights}

    ((left,),) = [found["Statement"] for found in policies({"Resources": template}).values()]
    assert left["Resource"] == ARNS["AWS::Logs::LogGroup"].format("Logs")


def _concrete(value: Any, template: Json) -> Any:
    match value:
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return ARNS[template["Resources"][name]["Type"]].format(name)
        case {"Ref": str(name)} if template["Resources"].get(name, {}).get("Type") == SECRET:
            return f"arn:aws:secretsmanager:eu-central-1:111122223333:secret:{name}"
        case {"Ref": str(name)}:
            return PSEUDO[name]
        case {"Fn::Sub": str(text)}:
            for name, known in PSEUDO.items():
                text = text.replace(f"${{{name}}}", known)
            return text
        case {"Fn::Join": [separator, parts]}:
            return separator.join(_concrete(part, template) for part in parts)
        case dict():
            return {key: _concrete(inner, template) for key, inner in value.items()}
        case list():
            return [_concrete(inner, template) for inner in value]
    return value
