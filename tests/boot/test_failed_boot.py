"""Apps and machines that cannot work: each fails the deploy by a signal, and the reason is where a person looks."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aws_cdk import App

from data_compute.machine.boot_part import BootPart
from tests import source_package
from tests.boot.cloud import INSTANCE, TINY_REQUIREMENTS, Cloud, Page, write_app, write_part
from tests.boot.hypervisor import Hypervisor
from tests.boot.image import LOCK
from tests.boot.stand_in_layers import WITHOUT_NAMES

pytestmark = pytest.mark.system

# A machine waits for two others to boot.
LONGEST_SECONDS = 240
LOG_GROUP = "failed-boots"
WRONG_LOCK = re.sub(
    r"^streamlit==.*?(?=^\S)",
    lambda found: re.sub(r"(?<=sha256:)\w+", "0" * 64, found[0]),
    LOCK,
    flags=re.MULTILINE | re.DOTALL,
)
OWN_SERVER = """
install -D -m 755 /dev/stdin "$FILES/venv/bin/streamlit" <<'END'
#!/bin/sh
echo "the part put me here"
END
"""


@dataclass(frozen=True)
class Failure:
    """Something wrong, and what a person reads of it."""

    says: tuple[str, ...]
    # A second one, in the folder pages.
    page: str = ""
    script: str = "import streamlit as st\nst.title('hello')\n"
    requirements: str = TINY_REQUIREMENTS
    lock: str = ""
    # What its machine has that the others have not.
    machine: Mapping[str, str] = field(default_factory=dict)
    # The script of a part that is added to the boot.
    part: str = ""
    # What is lost of the assembly before the deploy.
    lost: str = ""


FAILURES: Mapping[str, Failure] = {
    # First, as it takes the longest.
    "NeverFinishes": Failure(
        script="import time\nwhile True:\n    time.sleep(1)\n", says=("did not finish within two minutes",)
    ),
    "ExceptionAtStart": Failure(
        script="raise RuntimeError('no database today')\n",
        says=("RuntimeError: no database today", "the app's script raised an error"),
    ),
    "SecondPage": Failure(
        page="raise RuntimeError('no database here')\n",
        says=(
            "RuntimeError: no database here",
            "did not finish within two minutes: pages: the page /second raised an error",
        ),
    ),
    "EndsItself": Failure(
        script="import os\nos._exit(3)\n",
        says=("the server ended", "boot: failed"),
    ),
    "UninstallableRequirement": Failure(
        requirements=TINY_REQUIREMENTS + "no-such-package-anywhere==1.0\n",
        says=("no-such-package-anywhere", "requirements.txt could not be installed"),
    ),
    "NoServer": Failure(requirements="\n", says=("requirements.txt brings no streamlit, which serves the page",)),
    "WrongHash": Failure(
        lock=WRONG_LOCK,
        says=("Hash mismatch for `streamlit==1.67.0`", "requirements.lock could not be installed"),
    ),
    "BuildsAsRoot": Failure(
        requirements=TINY_REQUIREMENTS + "only-here @ file:///opt/data-compute/app/only_here\n",
        says=("Building source distributions for `only-here` is disabled", "requirements.txt could not be installed"),
    ),
    "Editable": Failure(
        requirements=TINY_REQUIREMENTS + "-e .\n",
        says=("requirements.txt has an editable package (-e), which root would have to build",),
    ),
    # The boot gets past what cannot be installed, to the server that is in the part's environment.
    "PartInstalls": Failure(
        requirements=TINY_REQUIREMENTS + "no-such-package-anywhere==1.0\n",
        part=OWN_SERVER,
        says=(
            "a part has installed the app's requirements",
            "the part put me here",
            "the server ended as soon as it started",
        ),
    ),
    "DiskFull": Failure(
        machine={"disk": "300m"}, says=("No space left on device", "requirements.txt could not be installed")
    ),
    "NoNames": Failure(
        machine={"system": WITHOUT_NAMES},
        says=("boot: failed: s3.us-east-1.amazonaws.com has no address here: let the machine out to the VPC's DNS",),
    ),
    "EntryFileMissing": Failure(lost="script", says=("the app has no file app.py",)),
    "AssetMissing": Failure(lost="asset", says=("could not fetch s3://",)),
}


@pytest.fixture(scope="module", autouse=True)
def deployed(cloud: Cloud, hypervisor: Hypervisor, folder: Path) -> None:
    """Begin to deploy all of them, so that their machines boot side by side."""
    cloud.logs.create_log_group(logGroupName=LOG_GROUP)
    app = App(outdir=str(folder / "cdk.out"))
    for name, failure in FAILURES.items():
        # Equal folders would be one asset, and what befalls one of them would befall all.
        source = write_app(folder / name, f"{failure.script}# {name}\n", failure.requirements, failure.lock)
        if failure.page:
            (source / "pages").mkdir()
            (source / "pages" / "second.py").write_text(failure.page)
        if name == "BuildsAsRoot":
            source_package.write(source / "only_here")
        # A stack's own log group goes with the rollback; this one stays to be read.
        page = Page(app, name, source, log_group_name=LOG_GROUP)
        if failure.part:
            files = write_part(folder / f"{name}.part", failure.part)
            page.server.template.add_boot_part(BootPart(name="install", files=files))
        hypervisor.give(name, **failure.machine)
    assembly = Path(app.synth().directory)
    # All share these files. None of their pages takes long but the one that never finishes.
    [pages] = assembly.glob("asset.*/pages.py")
    patient = pages.read_text()
    pages.write_text(patient.replace("PATIENCE_SECONDS = 120", "PATIENCE_SECONDS = 30"))
    assert pages.read_text() != patient
    for name, failure in FAILURES.items():
        if failure.lost:
            [script] = (found for found in assembly.glob("asset.*/app.py") if f"# {name}\n" in found.read_text())
            script.unlink() if failure.lost == "script" else shutil.rmtree(script.parent)
    cloud.deploy(app)


@pytest.mark.parametrize("name", FAILURES)
def test_fails_the_deploy_and_says_why(name: str, cloud: Cloud, hypervisor: Hypervisor) -> None:
    assert cloud.wait(name, LONGEST_SECONDS) == "ROLLBACK_COMPLETE"
    assert cloud.signals(name) == ["FAILURE"]
    machine = hypervisor.machine(name)
    log = cloud.read_log(LOG_GROUP, f"{machine.identity.instance_id}/boot")
    for said in FAILURES[name].says:
        assert said in machine.console
        assert said in log
    # CloudFormation itself says whose signal it was.
    reasons = [event["ResourceStatusReason"] for event in cloud.events(name) if event["ResourceType"] == INSTANCE]
    assert any(machine.identity.instance_id in reason for reason in reasons)
