"""Ubuntu 24.04 boots as Amazon Linux does, by its own way; and the lines of Amazon Linux that no test here can run."""

import re
from pathlib import Path

import pytest
from aws_cdk import App

from data_compute import UBUNTU_24_04
from data_compute.machine import launch_template
from data_compute.machine.contract import read_contract
from tests.boot.cloud import Cloud, Page, write_app
from tests.boot.hypervisor import Hypervisor
from tests.boot.image import BOOT_FILES
from tests.boot.machine import wait_for

# As AWS's documentation lists them: https://docs.aws.amazon.com/linux/al2023/ug/python.html and
# https://docs.aws.amazon.com/linux/al2023/release-notes/all-packages.html
PACKAGES_OF_AL2023 = {
    "python3.12",
    "python3.12-pip",
    "amazon-cloudwatch-agent",
    "logrotate",
    "awscli-2",
    "aws-cfn-bootstrap",
}

LOG_GROUP = "foreign-log-agents"


@pytest.fixture(scope="module")
def on_ubuntu(cloud: Cloud, hypervisor: Hypervisor, folder: Path) -> Hypervisor:
    """Deploy a good app, also on a minimal image, and two whose log agent is not AWS's, side by side."""
    app = App(outdir=str(folder / "cdk.out"))
    good = write_app(folder / "good", "import streamlit as st\nst.title('on Ubuntu')\n")
    Page(app, "Ubuntu", good, operating_system=UBUNTU_24_04)
    Page(app, "Tampered", good, log_group_name=LOG_GROUP, operating_system=UBUNTU_24_04)
    hypervisor.give("Tampered", offer="tampered")
    Page(app, "Minimal", good)
    hypervisor.give("Minimal", system="amazon_linux_minimal")
    # With the key that the machine's files really name: the stand-in's signature is good, and another's.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch_template, "BOOT_FILES", BOOT_FILES)
        Page(app, "SignedByAnother", good, log_group_name=LOG_GROUP, operating_system=UBUNTU_24_04)
    cloud.logs.create_log_group(logGroupName=LOG_GROUP)
    cloud.deploy(app)
    return hypervisor


@pytest.mark.system
def test_ubuntu_boots_and_serves(cloud: Cloud, on_ubuntu: Hypervisor) -> None:
    machine = on_ubuntu.deployed("Ubuntu", 150)
    assert machine.system == "ubuntu"
    assert cloud.signals("Ubuntu") == ["SUCCESS"]
    assert machine.serves()
    # Neither dnf nor a cfn-signal that was there before: the user data brought its own.
    assert "signal-resource" in machine.run("cat", "/opt/aws/bin/cfn-signal")
    assert machine.run("sh", "-c", "command -v dnf || echo none") == "none\n"
    stream = f"{machine.identity.instance_id}/app"
    wait_for(lambda: "You can now view your Streamlit app" in cloud.log("Ubuntu", stream), "the app's log", 10)


@pytest.mark.system
def test_an_image_without_cfn_signal_gets_it_first(cloud: Cloud, on_ubuntu: Hypervisor) -> None:
    assert on_ubuntu.deployed("Minimal", 150).serves()
    assert cloud.signals("Minimal") == ["SUCCESS"]


@pytest.mark.system
@pytest.mark.parametrize("name", ["Tampered", "SignedByAnother"])
def test_a_log_agent_that_is_not_awss_is_not_installed(cloud: Cloud, on_ubuntu: Hypervisor, name: str) -> None:
    assert cloud.wait(name, 150) == "ROLLBACK_COMPLETE"
    assert cloud.signals(name) == ["FAILURE"]
    log = cloud.read_log(LOG_GROUP, f"{on_ubuntu.machine(name).identity.instance_id}/boot")
    assert "boot: the log agent's package is not signed by AWS's key" in log
    assert "boot: failed: the system packages could not be installed" in log


def test_boot_script_asks_dnf_for_packages_that_amazon_linux_has() -> None:
    names = ("boot.sh", "amazon_linux_2023.sh", "amazon_linux_2023_prelude.sh")
    script = "".join((BOOT_FILES / name).read_text(encoding="utf-8") for name in names)
    python = f"python{read_contract(BOOT_FILES)['PYTHON_VERSION']}"
    asked = re.findall(r"dnf install ([^;\n]+)", script)
    assert len(asked) == 2
    words = " ".join(asked).replace('"', "").replace("$python", python).split()
    assert {word for word in words if not word.startswith("--")} == PACKAGES_OF_AL2023
    assert {word for word in words if word.startswith("--")} == {"--assumeyes", "--quiet"}


def test_only_a_systems_own_file_knows_its_packages() -> None:
    for name in ("boot.sh", "user_data.sh"):
        script = (BOOT_FILES / name).read_text(encoding="utf-8")
        assert not re.search(r"\b(dnf|yum|rpm|apt|apt-get|dpkg|snap)\b", script), name
