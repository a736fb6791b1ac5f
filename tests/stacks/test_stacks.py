"""What the stacks are called, say, give and carry."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_cdk import App, TagManager
from aws_cdk import aws_ec2 as ec2

from ops.cloud.here import Here
from ops.cloud.log_groups import find_log_group
from ops.cloud.stack import Stack as DeployedStack
from stacks.application import default_context, define_stacks
from stacks.checks import check_values
from stacks.copy_settings import CopySettings, named
from stacks.copy_stack import CopyStack
from stacks.registry import ALL_STACKS, stacks_with
from stacks.setting import SettingsError, settings_of
from stacks.streamlit_stack import OPERATING_SYSTEMS
from tests.stacks.conftest import Synthesis
from tests.stacks.variants import BOTH, VARIANTS
from tests.templates import function_called, machine_of, ours, rendered, resources, user_data

Synthesize = Callable[[str], Synthesis]
TAGGABLE = {
    "CalculateMean": {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Stage",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
    },
    "Streamlit": {
        "AWS::EC2::EIP",
        "AWS::EC2::Instance",
        "AWS::EC2::InternetGateway",
        "AWS::EC2::KeyPair",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet",
        "AWS::EC2::VPC",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
    },
}

LOG_GROUP = "AWS::Logs::LogGroup"
# A changed tag would make another pair of the same name, which fails.
UNTAGGED = "AWS::EC2::KeyPair"


def test_a_copy_has_names_of_its_own(synthesis: Synthesize) -> None:
    made = synthesis("copy")

    assert [made.stacks[stack].stack_name for stack in BOTH] == ["CalculateMean-alice", "Streamlit-alice"]
    assert function_called(made.template("CalculateMean"), "calculate_mean-alice")
    exported = [
        output["Export"]["Name"] for output in made.template("CalculateMean")["Outputs"].values() if "Export" in output
    ]
    assert exported
    assert all(name.startswith("CalculateMean-alice:") for name in exported)


@pytest.mark.parametrize(("variant", "copy"), [("default", "main"), ("copy", "alice"), ("extras", "main")])
def test_the_registry_names_every_stack(synthesis: Synthesize, variant: str, copy: str) -> None:
    made = {path.name.removesuffix(".template.json") for path in synthesis(variant).folder.glob("*.template.json")}

    assert made == set(stacks_with(copy, VARIANTS[variant].settings.get("extras", "").split(",")))


def test_a_synthesis_that_deploys_nothing_fetches_no_packages(synthesis: Synthesize) -> None:
    """As `python app.py` does; the CDK's command line says otherwise where it is to deploy."""
    assert {path.suffix for path in synthesis("extras").folder.glob("asset.*")}.isdisjoint({".zip"})


def test_function_name_is_a_setting(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = App(context=default_context() | {"function_name": "average"}, outdir=str(tmp_path_factory.mktemp("cdk.out")))
    define_stacks(app)

    template = app.synth().get_stack_by_name("CalculateMean").template
    assert function_called(template, "average")["Description"] == "The exact mean of a list of numbers"


def test_a_setting_reaches_all_log_groups(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = App(context=default_context() | {"log_retention_days": "7"}, outdir=str(tmp_path_factory.mktemp("cdk.out")))
    define_stacks(app)
    assembly = app.synth()

    for stack, name in (
        ("CalculateMean", "FunctionLogs"),
        ("CalculateMean", "ApiAccessLogs"),
        ("Streamlit", "ServerLogs"),
    ):
        assert ours(assembly.get_stack_by_name(stack).template, LOG_GROUP, name)["RetentionInDays"] == 7


@pytest.mark.parametrize(("variant", "protected"), [("default", False), ("termination_protection", True)])
def test_termination_protection_is_the_stacks(synthesis: Synthesize, variant: str, protected: bool) -> None:
    artifacts = json.loads((synthesis(variant).folder / "manifest.json").read_text())["artifacts"]

    for stack in BOTH:
        assert artifacts[stack]["properties"].get("terminationProtection", False) is protected


@pytest.mark.parametrize("stack", BOTH)
@pytest.mark.parametrize("variant", VARIANTS)
def test_each_stack_says_what_it_was_told(synthesis: Synthesize, variant: str, stack: str) -> None:
    settings = VARIANTS[variant].settings
    own = settings_of(ALL_STACKS[stack]).keys() - {"copy"}
    value = synthesis(variant).template(stack)["Outputs"]["Settings"]["Value"]

    assert value == json.dumps({name: settings[name] for name in sorted(own & settings.keys())})


def test_every_operating_system_that_may_be_told_has_a_variant() -> None:
    told = {variant.settings.get("operating_system", "amazon-linux-2023") for variant in VARIANTS.values()}

    assert told == OPERATING_SYSTEMS.keys()
    with pytest.raises(SettingsError, match=f"use one of {', '.join(OPERATING_SYSTEMS)}$"):
        check_values({"operating_system": "windows"})


def test_an_image_is_the_one_that_was_named(synthesis: Synthesize) -> None:
    assert machine_of(synthesis("image").template("Streamlit"))["ImageId"] == "ami-0123456789abcdef0"


def test_the_api_takes_as_much_as_was_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    told = {"rate_limit": "7", "burst_limit": "9"}
    app = App(context=default_context() | told, outdir=str(tmp_path_factory.mktemp("cdk.out")))
    define_stacks(app)

    stage = ours(app.synth().get_stack_by_name("CalculateMean").template, "AWS::ApiGatewayV2::Stage", "ApiStage")
    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 9, "ThrottlingRateLimit": 7}


def test_too_much_ssh_is_refused() -> None:
    app = App(context=default_context() | {"ssh_from": "10.0.0.0/16,10.1.0.0/16"})

    with pytest.raises(ValueError, match=r"^ssh_from='10\.0.*/16': these are more than a /16 of IPv4"):
        define_stacks(app)


def messages(synthesis: Synthesis) -> list[str]:
    page = synthesis.stacks["Streamlit"].stack_name
    metadata = json.loads((synthesis.folder / f"{page}.metadata.json").read_text())
    return [entry["data"] for entries in metadata.values() for entry in entries if entry["type"] == "aws:cdk:warning"]


def test_a_closed_page_is_said_with_the_command_that_opens_it(synthesis: Synthesize) -> None:
    (warning,), (warning_of_the_copy,) = messages(synthesis("default")), messages(synthesis("copy"))

    assert "on AWS nobody can open the page yet, as web_from is empty" in warning
    for source in ("my-ip", "203.0.113.7/32", "world"):
        assert f"make deploy WEB_FROM={source} " in warning
        assert f"make deploy COPY=alice WEB_FROM={source} " in warning_of_the_copy


@pytest.mark.parametrize("variant", ["doors", "world"])
def test_an_open_page_is_not(synthesis: Synthesize, variant: str) -> None:
    assert messages(synthesis(variant)) == []


@pytest.mark.parametrize("stack", BOTH)
@pytest.mark.parametrize(("variant", "copy"), [("default", "main"), ("copy", "alice")])
def test_everything_is_tagged(synthesis: Synthesize, variant: str, copy: str, stack: str) -> None:
    defined = synthesis(variant).stacks[stack]
    name = defined.stack_name
    expected = {"project": "cdk-data-compute", "copy": copy, "stack": name}
    tagged = [child for child in defined.node.find_all() if TagManager.of(child)]
    kinds = {getattr(child, "cfn_resource_type", "the stack itself") for child in tagged}
    assert kinds >= TAGGABLE[stack] | {"the stack itself"}

    template = synthesis(variant).template(stack)["Resources"]
    for child in tagged:
        # Neither the stack, which stands in the manifest, nor the template, whose tags would be the machine's version.
        if child is defined or isinstance(child, ec2.LaunchTemplate):
            continue
        properties = template[defined.resolve(getattr(child, "logical_id"))]["Properties"]  # noqa: B009
        if getattr(child, "cfn_resource_type", "") == UNTAGGED:
            assert "Tags" not in properties
            continue
        found = properties["Tags"]
        tags = found if isinstance(found, dict) else {tag["Key"]: tag["Value"] for tag in found}
        assert tags.items() >= expected.items(), child.node.path

    manifest = json.loads((synthesis(variant).folder / "manifest.json").read_text())["artifacts"]
    assert manifest[name]["properties"]["tags"] == expected


def test_a_stack_that_is_not_registered_is_refused() -> None:
    """Else status and deploy would not know of it, and its first deploy would call it one that nobody wants."""
    with pytest.raises(ValueError, match=r"^stack Extra is not registered: .* in ALL_STACKS, stacks/reg"):
        CopyStack(App(), "Extra", settings=CopySettings.read({}), description="One more")


@pytest.mark.parametrize("stack", BOTH)
def test_stacks_say_what_they_are(synthesis: Synthesize, stack: str) -> None:
    assert synthesis("default").template(stack)["Description"].endswith(" (cdk-data-compute)")


def outputs(synthesis: Synthesize, stack: str) -> dict[str, str]:
    found = synthesis("default").template(stack)["Outputs"]
    return {name: rendered(output["Value"]) for name, output in found.items() if "Export" not in output}


def test_outputs_of_the_function(synthesis: Synthesize) -> None:
    found = outputs(synthesis, "CalculateMean")

    assert {"ApiUrl", "FunctionName"} <= found.keys()
    groups = {
        f"${{{logical_id}}}" for logical_id in resources(synthesis("default").template("CalculateMean"), LOG_GROUP)
    }
    assert found["FunctionLogGroup"] in groups
    assert found["FunctionLogGroup"].startswith("${FunctionLogs")
    assert found["ApiLogGroup"] in groups
    assert found["ApiLogGroup"].startswith("${ApiAccessLogs")
    assert found["ApiUrl"].endswith(".ApiEndpoint}/calculate_mean")
    assert found["TryItCommand"] == f"curl '{found['ApiUrl']}?nums=1,2,3'"


def test_outputs_of_the_page(synthesis: Synthesize) -> None:
    found = outputs(synthesis, "Streamlit")

    assert {"StreamlitUrl", "InstanceId", "KeyPairId"} <= found.keys()
    (group,) = resources(synthesis("default").template("Streamlit"), LOG_GROUP)
    assert found["ServerLogGroup"] == f"${{{group}}}"
    assert found["StreamlitUrl"].startswith("http://${ServerElasticIp")
    assert found["StreamlitUrl"].endswith(".PublicIp}:8501")
    assert found["KeyPairId"].endswith(".KeyPairId}")
    assert found["SessionCommand"] == (
        f"aws ssm start-session --region ${{AWS::Region}} --target {found['InstanceId']}"
    )


class FirstDeploy:
    """CloudFormation in the middle of one: it knows resources by their logical ids, and no output."""

    def client(self, _: str) -> "FirstDeploy":
        return self

    def describe_stack_resource(self, *, StackName: str, LogicalResourceId: str) -> Any:  # noqa: N803 - as boto3 does
        return {"StackResourceDetail": {"PhysicalResourceId": f"{StackName}/{LogicalResourceId}"}}


@pytest.mark.parametrize(("variant", "copy"), [("default", "main"), ("copy", "alice")])
def test_the_log_of_a_first_boot_is_found_by_what_was_synthesized(
    synthesis: Synthesize, variant: str, copy: str
) -> None:
    name, (group,) = named("Streamlit", copy), resources(synthesis(variant).template("Streamlit"), LOG_GROUP)
    now = datetime.now(UTC)
    deploying = DeployedStack(name, "arn:1", "CREATE_IN_PROGRESS", "", {}, now, now, False, copy)
    here = Here(FirstDeploy(), copy, json=False)  # type: ignore[arg-type]

    found = find_log_group(here, deploying, "ServerLogGroup", synthesis(variant).folder)

    assert found == f"{name}/{group}"


def test_page_knows_the_address_of_the_api(synthesis: Synthesize) -> None:
    exported = [
        output["Export"]["Name"]
        for output in synthesis("default").template("CalculateMean")["Outputs"].values()
        if "Export" in output
    ]
    script = user_data(synthesis("default").template("Streamlit"))

    assert f"CALCULATE_MEAN_URL='${{import {exported[0]}}}/calculate_mean'" in script.splitlines()
