"""A copy is told once what to be, by the real make and the real CDK command line, against one embedded AWS."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.checkout import Checkout
from tests.ops.laptop import WEB_FROM, Laptop, laptop

pytestmark = pytest.mark.system

# One more than may open the page already: a deploy that would close a door is another story.
DOORS = f"{WEB_FROM},198.51.100.9/32"


@dataclass
class Cloud:
    """The embedded AWS that all laptops deploy to."""

    checkout: Checkout

    def doors(self) -> set[str]:
        """List who may open the deployed page."""
        groups = self.checkout.client("ec2").describe_security_groups()["SecurityGroups"]
        rules = [rule for group in groups for rule in group["IpPermissions"] if rule.get("FromPort") == 8501]
        return {entry["CidrIp"] for rule in rules for entry in rule["IpRanges"]}

    def stacks(self) -> dict[str, Any]:
        """Describe the stacks by name, but for the CDK's own."""
        described = self.checkout.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"]: stack for stack in described if stack["StackName"] != "CDKToolkit"}

    def settings(self, stack: str = "Streamlit") -> Any:
        """Read what a stack says it was told."""
        outputs = self.stacks()[stack]["Outputs"]
        return json.loads(next(one["OutputValue"] for one in outputs if one["OutputKey"] == "Settings"))


@pytest.fixture(scope="module")
def second(place: Path, first: Laptop) -> Laptop:
    """Another person's laptop, which knows what is committed and nothing else."""
    return laptop(place / "second", first.environment)


@pytest.fixture(scope="module")
def cloud(first: Laptop) -> Cloud:
    return Cloud(first.checkout)


# The tests below are one story; each begins where the one before has left the cloud.


def test_make_up_remembers_in_its_own_state(first: Laptop) -> None:
    assert first.told is None


def test_what_was_told_is_deployed_and_remembered(first: Laptop, cloud: Cloud) -> None:
    told = first.deploy(f"WEB_FROM={DOORS}", "GENERATION=2")

    assert "copies/main.json" in told
    assert first.told == {"generation": "2", "web_from": DOORS}
    assert cloud.doors() == {*DOORS.split(",")}
    assert cloud.settings() == first.told
    assert cloud.settings("CalculateMean") == {}


def test_the_next_deploy_keeps_it_whatever_the_shell_exports(first: Laptop, cloud: Cloud) -> None:
    elsewhere = first.checkout.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "main.json").write_text('{"web_from": "world"}')
    first.deploy(WEB_FROM="world", PORT="9000", COPY="bob", SETTINGS="-c port=9001", DATA_COMPUTE_COPIES=str(elsewhere))

    assert first.told == {"generation": "2", "web_from": DOORS}
    assert cloud.doors() == {*DOORS.split(",")}
    assert cloud.stacks().keys() == {"CalculateMean", "Streamlit"}


def test_diff_synth_and_plain_cdk_read_it(first: Laptop) -> None:
    done = first.make("diff")
    assert done.returncode == 0, done.stdout
    assert "There were no differences" in done.stdout

    for command in (["make", "synth"], ["cdk", "synth", "--quiet"]):
        done = first.make("synth") if command[0] == "make" else first.run(command)
        assert done.returncode == 0, done.stdout
        template = json.loads((first.checkout.folder / "cdk.out" / "Streamlit.template.json").read_text())
        assert json.loads(template["Outputs"]["Settings"]["Value"]) == first.told


def test_another_laptop_closes_no_door_that_it_does_not_know(second: Laptop, cloud: Cloud) -> None:
    before = cloud.stacks()["Streamlit"].get("LastUpdatedTime")
    done = second.run(["python", "-m", "ops", "deploy", "--", "cdk", "deploy", "--all"])

    assert done.returncode == 3, done.stdout
    assert "web_from" in done.stdout
    assert f"WEB_FROM={DOORS}" in done.stdout
    assert "generation" in done.stdout
    assert second.make("deploy").returncode == 2
    assert cloud.stacks()["Streamlit"].get("LastUpdatedTime") == before
    assert cloud.doors() == {*DOORS.split(",")}
    assert second.told is None


def test_the_other_laptop_may_name_what_it_keeps(second: Laptop, cloud: Cloud) -> None:
    second.deploy(f"WEB_FROM={DOORS}", "GENERATION=2")

    assert second.told == {"generation": "2", "web_from": DOORS}
    assert cloud.doors() == {*DOORS.split(",")}


def test_a_deploy_that_fails_is_not_remembered(first: Laptop, cloud: Cloud, place: Path) -> None:
    app = place / "broken app"
    app.mkdir()
    (app / "app.py").write_text("import streamlit\nraise RuntimeError('no data today')\n")
    shutil.copy(first.checkout.folder / "streamlit_src" / "requirements.txt", app)
    done = first.make("deploy", f"APP={app}")

    assert done.returncode == 2, done.stdout
    assert "no data today" in done.stdout
    assert first.told == {"generation": "2", "web_from": DOORS}
    assert cloud.settings() == first.told


def test_ones_own_app_by_one_word(first: Laptop, cloud: Cloud, place: Path) -> None:
    app = place / "my own app"
    app.mkdir()
    (app / "dash board.py").write_text("import os\n")
    (app / "dashboard.py").write_text("import streamlit as st\n\nst.title('mine')\n")
    shutil.copy(first.checkout.folder / "streamlit_src" / "requirements.txt", app)
    first.deploy(f"APP={app}")

    assert first.told == {"app": "../../my own app", "generation": "2", "web_from": DOORS}
    assert cloud.settings() == first.told


def test_an_empty_word_forgets(first: Laptop, cloud: Cloud) -> None:
    first.deploy("APP=", "WEB_FROM=")

    assert first.told == {"generation": "2"}
    assert cloud.doors() == set()
    assert cloud.settings() == first.told


def test_a_word_that_is_no_setting_stops_it_before_anything_runs(first: Laptop) -> None:
    done = first.make("deploy", "WEB_FORM=world")

    assert done.returncode == 2
    assert "did you mean web_from?" in done.stdout
    assert "cdk" not in done.stdout


def test_a_stack_that_is_no_longer_wanted_is_named(first: Laptop, cloud: Cloud) -> None:
    tags = {"project": "cdk-data-compute", "copy": "main", "stack": "Extra"}
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    first.checkout.client("cloudformation").create_stack(
        StackName="Extra",
        TemplateBody=json.dumps(template),
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    said = first.deploy()

    assert "python -m ops destroy Extra" in said
    assert "Extra" in cloud.stacks()


def test_nothing_is_removed_without_a_yes(first: Laptop, cloud: Cloud) -> None:
    done = first.make("destroy")

    assert done.returncode == 2
    assert "Extra" in done.stdout
    assert cloud.stacks().keys() == {"CalculateMean", "Extra", "Streamlit"}


def test_destroy_of_a_copy_that_is_not_there_leaves_the_main_one(first: Laptop, cloud: Cloud) -> None:
    done = first.make("destroy", "COPY=alice")

    assert done.returncode == 2
    assert "alice" in done.stdout
    assert cloud.stacks().keys() == {"CalculateMean", "Extra", "Streamlit"}


def test_destroy_removes_every_stack_of_the_copy_and_leaves_what_was_told(first: Laptop, cloud: Cloud) -> None:
    done = first.run(["python", "-m", "ops", "destroy", "--yes"])

    assert done.returncode == 0, done.stdout
    assert cloud.stacks() == {}
    assert first.told == {"generation": "2"}
