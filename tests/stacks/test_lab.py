"""In an AWS Academy Learner Lab: nothing that a student may not make, and each limit of the lab in a sentence."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, CfnResource, Environment, NestedStack, Stack, Validations
from aws_cdk import aws_s3 as s3
from aws_cdk.aws_ecr_assets import DockerImageAsset

from stacks.application import default_context, define_stacks
from stacks.copy_settings import CopySettings
from stacks.lab_limits import LabLimits
from stacks.lab_names import REGIONS
from stacks.lab_refusals import DENIED as DENIED_SERVICES
from stacks.lab_refusals import machines, refusals
from stacks.streamlit_settings import StreamlitSettings
from tests.stacks.conftest import Synthesis
from tests.stacks.variants import BOTH, PUBLIC_KEY
from tests.templates import Json, machine_of, properties, resources, synthesized

Synthesize = Callable[[str], Synthesis]
STACKS = (*BOTH, "Describe")
LAB = {"account": "lab"}
each_stack = pytest.mark.parametrize("stack", STACKS)


@each_stack
def test_nothing_of_iam_is_made(synthesis: Synthesize, stack: str) -> None:
    assert "AWS::IAM" not in json.dumps(synthesis("lab").template(stack))


@each_stack
def test_everything_acts_as_the_labs_role(synthesis: Synthesize, stack: str) -> None:
    artifact = artifact_of(synthesis("lab").folder, stack)
    template = synthesis("lab").template(stack)

    assert artifact["cloudFormationExecutionRoleArn"] == ("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/LabRole")
    # No role of the CDK's bootstrap: one's own credentials.
    assert {"assumeRoleArn", "lookupRole", "requiresBootstrapStackVersion"} & artifact.keys() == set()
    assert {found["Properties"]["Role"]["Fn::Join"][1][-1] for found in functions(template)} <= {":role/LabRole"}


def test_the_machine_is_what_a_lab_runs(synthesis: Synthesize) -> None:
    machine = machine_of(synthesis("lab").template("Streamlit"))

    assert machine["IamInstanceProfile"]["Arn"]["Fn::Join"][1][-1] == ":instance-profile/LabInstanceProfile"
    assert machine["KeyName"] == "vockey"
    assert machine["InstanceType"] == "t3.small"
    assert machine["CreditSpecification"] == {"CpuCredits": "standard"}
    assert resources(synthesis("lab").template("Streamlit"), "AWS::EC2::KeyPair") == {}


@each_stack
def test_cloudformation_refuses_another_region_before_it_makes_anything(synthesis: Synthesize, stack: str) -> None:
    rules = synthesis("lab").template(stack)["Rules"]

    (works,) = rules["LabWorksHere"]["Assertions"]
    assert works["Assert"] == {"Fn::Contains": [["us-east-1", "us-west-2"], {"Ref": "AWS::Region"}]}
    assert ("KeyPairIsHere" in rules) == (stack == "Streamlit")


def test_a_public_key_of_ones_own_goes_to_both_regions(tmp_path: Path) -> None:
    app = App(context=default_context() | LAB | {"public_key": PUBLIC_KEY}, outdir=str(tmp_path))
    template = synthesized(define_stacks(app).page)

    assert list(template["Rules"]) == ["LabWorksHere"]
    assert properties(template, "AWS::EC2::KeyPair")["PublicKeyMaterial"].startswith("ssh-")
    assert "AWS::IAM" not in json.dumps(template)


def test_only_what_a_person_grants_is_warned_of(tmp_path: Path) -> None:
    app = App(context=default_context() | LAB, outdir=str(tmp_path))
    mean = define_stacks(app).mean
    s3.Bucket.from_bucket_name(mean, "Data", "data").grant_read(mean.function)
    app.synth()

    said = [
        entry["data"]
        for stack in BOTH
        for entries in json.loads((tmp_path / f"{stack}.metadata.json").read_text()).values()
        for entry in entries
        if entry["type"] == "aws:cdk:warning" and "role" in entry["data"]
    ]
    assert len(said) == 1
    assert (
        "the role CalculateMean/LabRole must allow s3:GetObject*, s3:GetBucket*, s3:List* already, as CalculateMean/F"
        in said[0]
    )


def test_the_machines_type_is_the_labs_unless_told() -> None:
    assert StreamlitSettings.read({}).instance_type == "t4g.small"
    assert StreamlitSettings.read(LAB).instance_type == "t3.small"
    assert StreamlitSettings.read(LAB).told == LAB
    # What is the default elsewhere is none here, so it is remembered.
    told = LAB | {"instance_type": "t4g.small"}
    assert StreamlitSettings.read(told).told == told
    assert StreamlitSettings.read(LAB | {"instance_type": "t3.small"}).told == LAB


def test_an_account_of_ones_own_is_the_default() -> None:
    assert not CopySettings.read({}).in_lab
    assert CopySettings.read({"account": "own"}).told == {}
    with pytest.raises(ValueError, match=r"^account='academy': use one of own, lab$"):
        CopySettings.read({"account": "academy"})


def test_the_guide_says_what_to_do_instead(root: Path) -> None:
    rows = (root / "docs" / "lab.md").read_text().splitlines()
    # Of IAM it says more.
    services = {kind.split("::")[1]: fix for kind, fix in DENIED_SERVICES.items() if kind != "AWS::IAM::"}
    assert {f"| {service} | {fix} |" for service, fix in services.items()} <= set(rows)


DENIED = "is denied in a lab: "
SIZE = "is no size that a lab runs: use one from nano to large, such as t3.small"
DATABASE_SIZE = "is no size that a lab runs: use one from nano to medium, such as db.t3.small"
CLOSED = "is not known before, and a lab that runs 20 is closed: define machines one by one, or an Auto Scaling group"
SPOT = "asks for Spot, which a lab denies: run it on demand"
DISK = "GB is larger than a lab gives: use 100 GB at most"
CONCURRENCY = "executions can't be reserved in a lab, which runs ten in all: reserve none"
TEMPLATE = "AWS::EC2::LaunchTemplate"
GROUP = "AWS::AutoScaling::AutoScalingGroup"


@pytest.mark.parametrize(
    ("kind", "properties", "words"),
    [
        ("AWS::IAM::Role", {}, f"AWS::IAM::Role {DENIED}pass the role that there is, role=stack.role, and let no"),
        ("AWS::IAM::InstanceProfile", {}, f"AWS::IAM::InstanceProfile {DENIED}pass the role"),
        ("AWS::CloudFront::Distribution", {}, f"AWS::CloudFront::Distribution {DENIED}let people open the page itself"),
        ("AWS::CodeBuild::Project", {}, f"AWS::CodeBuild::Project {DENIED}build it on your laptop"),
        ("AWS::SES::EmailIdentity", {}, f"AWS::SES::EmailIdentity {DENIED}send mail by another service"),
        ("AWS::Bedrock::Agent", {}, f"AWS::Bedrock::Agent {DENIED}bring a model"),
        (TEMPLATE, {"LaunchTemplateData": {"InstanceType": "t3.xlarge"}}, f"t3.xlarge {SIZE}"),
        ("AWS::EC2::Instance", {"InstanceType": "m5.metal"}, f"m5.metal {SIZE}"),
        (GROUP, {"MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": [{"InstanceType": "c5.2xlarge"}]}}}, SIZE),
        (
            TEMPLATE,
            {"LaunchTemplateData": {"InstanceMarketOptions": {"MarketType": "spot"}}},
            f"MarketType spot {SPOT}",
        ),
        ("AWS::AutoScaling::LaunchConfiguration", {"SpotPrice": "0.01"}, f"SpotPrice 0.01 {SPOT}"),
        (GROUP, {"InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 0}}, f"BaseCapacity 0 {SPOT}"),
        ("AWS::EKS::Nodegroup", {}, f"how many machines AWS::EKS::Nodegroup runs {CLOSED}"),
        ("AWS::EMR::Cluster", {}, f"how many machines AWS::EMR::Cluster runs {CLOSED}"),
        ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.r5.large"}, f"db.r5.large {DATABASE_SIZE}"),
        ("AWS::EC2::Volume", {"VolumeType": "io2"}, "a lab has no disks of type io2: use gp3"),
        ("AWS::EC2::Instance", {"BlockDeviceMappings": [{"Ebs": {"VolumeSize": 101}}]}, f"a disk of 101 {DISK}"),
        ("AWS::EC2::Volume", {"Size": "200"}, f"a disk of 200 {DISK}"),
        ("AWS::RDS::DBInstance", {"AllocatedStorage": "500"}, f"a disk of 500 {DISK}"),
        ("AWS::Lambda::Function", {"ReservedConcurrentExecutions": 5}, f"5 {CONCURRENCY}"),
    ],
)
def test_a_lab_refuses(kind: str, properties: Json, words: str) -> None:
    (refusal,) = refusals(kind, properties)

    assert words in f"{refusal.words}: {refusal.fix}"


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        *[("AWS::EC2::Instance", {"InstanceType": f"t3.{size}"}) for size in ("nano", "micro", "medium", "large")],
        # Only the deploy knows it.
        ("AWS::EC2::Instance", {"InstanceType": {"Ref": "Type"}}),
        ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.t3.medium", "StorageType": "gp2"}),
        ("AWS::SageMaker::NotebookInstance", {"InstanceType": "ml.m5.xlarge"}),
        (TEMPLATE, {"LaunchTemplateData": {"BlockDeviceMappings": [{"Ebs": {"VolumeSize": 100}}]}}),
        (GROUP, {"InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 100}}),
        ("AWS::S3::Bucket", {"Size": 500}),
        ("AWS::Events::Rule", {"Type": "spot"}),
    ],
)
def test_a_lab_takes(kind: str, properties: Json) -> None:
    assert list(refusals(kind, properties)) == []


@pytest.mark.parametrize(
    ("kind", "properties", "count"),
    [
        ("AWS::EC2::Instance", {}, 1),
        (GROUP, {"MaxSize": "8"}, 8),
        (TEMPLATE, {}, 0),
    ],
)
def test_machines_are_counted(kind: str, properties: Json, count: int) -> None:
    assert machines(kind, properties) == count


def test_whatever_a_person_adds_comes_under_it(tmp_path: Path) -> None:
    app = App(context=default_context() | LAB, outdir=str(tmp_path))
    mean, page, _ = define_stacks(app)
    other = Stack(app, "Other", env=Environment(region="eu-central-1"))
    CfnResource(other, "Many", type=GROUP, properties={"MinSize": "0", "MaxSize": "8"})
    CfnResource(NestedStack(mean, "Nested"), "User", type="AWS::IAM::User")
    page.server.launch_template.node.default_child.add_property_override(  # type: ignore[union-attr]
        "LaunchTemplateData.InstanceType", "t3.2xlarge"
    )

    with pytest.raises(RuntimeError):
        app.synth()
    reports = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    (report,) = [report for report in reports if report["pluginName"] == "AWS Academy Learner Lab"]
    said = {found["violatingConstructs"][0]["constructPath"]: found["description"] for found in report["violations"]}
    words = "9 machines, and one more that may run beside them, are more than the 9 of a lab: run 8 at most"
    assert said.pop("CalculateMean/Nested/User").startswith(f"AWS::IAM::User {DENIED}")
    assert said == {
        "Other": "a lab does not work in eu-central-1: use us-east-1 or us-west-2",
        "Streamlit/Server/Template/LaunchTemplate/Resource": f"t3.2xlarge {SIZE}",
        "Other/Many": words,
    }


def test_eight_machines_and_one_more_fit(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    Validations.of(app).add_plugins(LabLimits())
    stack = Stack(app, "Stack", env=Environment(region=REGIONS[1]))
    CfnResource(stack, "Many", type=GROUP, properties={"MinSize": "0", "MaxSize": "8"})

    app.synth()


def test_a_container_has_nowhere_to_go(tmp_path: Path) -> None:
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "Dockerfile").write_text("FROM scratch\n")
    app = App(outdir=str(tmp_path / "out"))
    Validations.of(app).add_plugins(LabLimits())
    DockerImageAsset(Stack(app, "Stack"), "Image", directory=str(tmp_path / "image"))

    with pytest.raises(RuntimeError):
        app.synth()
    report = (tmp_path / "out" / "validation-report.json").read_text()
    assert (
        "a container image has no registry to go to, as a lab's bootstrap makes none: bring packages by a lock"
        in report
    )


def artifact_of(folder: Path, stack: str) -> Json:
    found: Json = json.loads((folder / "manifest.json").read_text())["artifacts"][stack]["properties"]
    return found


def functions(template: Json) -> list[Json]:
    return list(resources(template, "AWS::Lambda::Function").values())
