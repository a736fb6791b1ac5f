"""An AWS Academy Learner Lab on the laptop: a student deploys, the session ends, and nothing is lost."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws import decisions, lab
from ops.answers.lab import ENDED
from stacks.lab_names import ENDS_SESSION, ROLE, STUDENT
from tests.local_aws.checkout import Checkout, wait_until

pytestmark = pytest.mark.system

SLOW = "\nimport time\ntime.sleep(4)\n"
QUIET = {"CDK_REQUIRE_APPROVAL": "never", "CDK_VALIDATION": "false", "CDK_DISABLE_CLI_TELEMETRY": "true"}


class Student:
    """Somebody whose AWS is that lab, at a shell with the credentials of this session."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout

    @property
    def environment(self) -> dict[str, str]:
        found = [line.split("=", 1) for line in self.checkout.shell("env -0").split("\0") if "=" in line]
        return {**dict(found), **QUIET}

    def start(self, *command: str, folder: Path | None = None) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            command,
            cwd=folder or self.checkout.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str, folder: Path | None = None, fails: bool = False) -> str:
        child = self.start(*command, folder=folder)
        said, _ = child.communicate(timeout=120)
        assert (child.returncode != 0) is fails, said
        return said

    def status(self, stack: str) -> str:
        """Ask as the account's root, whom nothing ends."""
        found = self.checkout.client("cloudformation").describe_stacks()["Stacks"]
        return next((one["StackStatus"] for one in found if one["StackName"] == stack), "")

    def session_ends(self) -> None:
        self.checkout.client("iam").attach_role_policy(RoleName=STUDENT, PolicyArn=lab.policy_arn(ENDS_SESSION))

    def new_session(self) -> None:
        self.checkout.client("iam").detach_role_policy(RoleName=STUDENT, PolicyArn=lab.policy_arn(ENDS_SESSION))


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    checkout = Checkout.copy(tmp_path_factory.mktemp("lab") / "copy", dict(os.environ))
    try:
        checkout.run("up", "-c", "account=lab")
        yield Student(checkout)
    finally:
        checkout.end()


# The tests below are one story; each begins where the one before has left the lab.


def test_a_student_brings_it_up_without_a_denial(student: Student) -> None:
    deployed = student.checkout.deployed()
    assert deployed.page_status() == 200
    assert "cannot" not in student.checkout.run("rights").stdout
    made = decisions.read(student.checkout.state.decisions)
    assert decisions.denied(made) == []
    assert {one.role for one in made if one.role} == {STUDENT, ROLE}
    resources = student.checkout.client("cloudformation").describe_stack_resources
    kinds = {one["ResourceType"] for name in deployed.stacks for one in resources(StackName=name)["StackResources"]}
    assert not {kind for kind in kinds if kind.startswith("AWS::IAM::")}


def test_a_student_may_ask_why_a_deploy_failed(student: Student) -> None:
    """As the CDK's command line does of each that fails."""
    asked = student.run("aws", "cloudtrail", "lookup-events", "--max-results", "1", "--query", "length(Events)")
    assert int(asked) <= 1


def test_another_kind_of_account_does_not_fit_beside_it(student: Student) -> None:
    told = student.checkout.run("up", "--copy", "alice", check=False)
    assert told.returncode == 1
    assert "account=own, but the embedded AWS that is up is a lab: `" in told.stdout


def test_the_cdks_own_bootstrap_fails_there(student: Student, tmp_path: Path) -> None:
    other = ["--toolkit-stack-name", "Standard", "--qualifier", "standard"]
    said = student.run("cdk", "bootstrap", *other, "aws://000000000000/us-east-1", folder=tmp_path, fails=True)
    assert f"{STUDENT}/{lab.SESSION} is not authorized to perform: iam:CreateRole" in said
    assert "because no identity-based policy allows the iam:CreateRole action" in said
    student.run("aws", "cloudformation", "delete-stack", "--stack-name", "Standard")


def test_a_deploy_goes_on_when_the_session_ends(student: Student) -> None:
    page = student.checkout.folder / "streamlit_src" / "frame.py"
    page.write_text(page.read_text() + SLOW)
    machine = student.checkout.deployed().instance_id
    deploying = student.start("python", "-m", "ops", "deploy", "--", "cdk", "deploy", "--all", "-c", "account=lab")
    wait_until(lambda: student.status("Streamlit") == "UPDATE_IN_PROGRESS" or deploying.poll() is not None, 90)
    student.session_ends()
    said, _ = deploying.communicate(timeout=90)
    wait_until(lambda: not student.status("Streamlit").endswith("IN_PROGRESS"), 60)

    assert deploying.returncode, said
    assert ENDED in said
    assert student.status("Streamlit") == "UPDATE_COMPLETE"
    assert student.checkout.deployed().instance_id != machine
    assert student.checkout.deployed().page_status() == 200
    assert ENDED in student.run("python", "-m", "ops", "status", fails=True)


def test_a_destroy_that_broke_off_is_finished(student: Student) -> None:
    student.new_session()
    destroying = student.start("python", "-m", "ops", "destroy", "--yes")
    wait_until(lambda: student.status("Streamlit") in ("DELETE_IN_PROGRESS", "") or destroying.poll() is not None, 60)
    student.session_ends()
    said, _ = destroying.communicate(timeout=90)
    assert destroying.returncode, said
    assert ENDED in said
    wait_until(lambda: not student.status("Streamlit"), 60)

    student.new_session()
    doctor = student.run("python", "-m", "ops", "doctor")
    assert "Stack Streamlit: not deployed" in doctor
    assert "`make destroy` removes what is left" in doctor
    student.run("python", "-m", "ops", "destroy", "--yes")
    assert not student.status("CalculateMean")
