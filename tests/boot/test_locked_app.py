"""Apps that bring a lock: the machine installs what it holds, by uv, and builds nothing.

Both are behind a front, and what a machine of a fleet is: they share a secret, and wait for a balancer.
"""

import hashlib
import platform
from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_secretsmanager as secretsmanager
from packaging.utils import parse_wheel_filename

from data_compute import HttpsFront, SignIn
from data_compute.page.fleet_part import define_health_right, fleet_part
from tests.boot.cloud import Cloud, Page, write_app
from tests.boot.hypervisor import Hypervisor
from tests.boot.image import Image
from tests.boot.machine import wait_for

pytestmark = pytest.mark.system

SCRIPT = "import pandas\nimport streamlit as st\n\nst.title(pandas.__version__)\n"
# Would have to be built, if the app itself were installed.
PROJECT = (
    '[project]\nname = "app"\nversion = "0"\n\n[build-system]\nrequires = ["nothing"]\nbuild-backend = "nothing"\n'
)
STACKS = {"PythonsLock": "pylock.toml", "UvsLock": "uv.lock"}
FRONTED, SIGNED_IN = "UvsLock", "PythonsLock"
CHANGED = "changed" * 8
SHARED = "shared" * 8


def lock_of(wheels: Path, name: str) -> str:
    """Write a lock of the wheels that a machine finds on its disk, but for uv itself."""
    packages, needs = [], []
    for wheel in sorted(wheels.glob("*.whl")):
        package, version, *_ = parse_wheel_filename(wheel.name)
        digest, place = hashlib.sha256(wheel.read_bytes()).hexdigest(), f"/usr/lib/wheels/{wheel.name}"
        if package != "uv":
            needs.append(f'{{ name = "{package}" }}')
            packages.append(
                f'[[packages]]\nname = "{package}"\nversion = "{version}"\n'
                f'wheels = [{{ path = "{place}", hashes = {{ sha256 = "{digest}" }} }}]\n'
                if name == "pylock.toml"
                else f'[[package]]\nname = "{package}"\nversion = "{version}"\nsource = {{ path = "{place}" }}\n'
                f'wheels = [{{ filename = "{wheel.name}", hash = "sha256:{digest}" }}]\n'
            )
    if name == "pylock.toml":
        return "\n".join(['lock-version = "1.0"\ncreated-by = "tests"\n', *packages])
    own = '[[package]]\nname = "app"\nversion = "0"\nsource = { editable = "." }\n'
    own += f"dependencies = [{', '.join(needs)}]\n"
    return "\n".join(['version = 1\nrevision = 3\nrequires-python = ">=3.11"\n', own, *packages])


@pytest.fixture(scope="module")
def targets(cloud: Cloud) -> str:
    """Make a group of targets of a balancer, which knows none yet."""
    made = cloud.balancers.create_target_group(Name="fleet", Protocol="HTTP", Port=8501, VpcId="vpc-1")
    return str(made["TargetGroups"][0]["TargetGroupArn"])


@pytest.fixture(scope="module", autouse=True)
def deployed(cloud: Cloud, image: Image, folder: Path, targets: str) -> None:
    """Begin to deploy both, so that their machines boot side by side."""
    shared = cloud.secrets.create_secret(Name="fleet", SecretString=SHARED)["ARN"]
    kind = "t4g.small" if platform.machine() == "aarch64" else "t3.small"
    for stack, name in STACKS.items():
        source = write_app(folder / stack, SCRIPT, requirements="no-such-package-anywhere==1.0\n")
        (source / "pyproject.toml").write_text(PROJECT)
        (source / name).write_text(lock_of(image.wheels, name))
        app = App(outdir=str(folder / f"{stack}.out"))
        page = Page(app, stack, source, instance_type=ec2.InstanceType(kind))
        group = elb.ApplicationTargetGroup.from_target_group_attributes(page, "Targets", target_group_arn=targets)
        secret = secretsmanager.Secret.from_secret_complete_arn(page, "Shared", shared)
        page.server.template.add_boot_part(fleet_part(secret, group))
        define_health_right(page, "HealthRight", role=page.server.role)
        if stack == FRONTED:
            HttpsFront(page, "Front", server=page.server)
        else:
            SignIn(page, "SignIn", front=HttpsFront(page, "Front", server=page.server))
        cloud.deploy(app)


def test_a_machine_signals_only_once_the_balancer_finds_it_well(
    cloud: Cloud, hypervisor: Hypervisor, targets: str
) -> None:
    for stack in STACKS:
        found = wait_for(lambda stack=stack: hypervisor.find(stack), f"the machine of {stack}", 60)  # type: ignore[misc]
        wait_for(lambda found=found: "part fleet, last.sh" in found.console, f"the page of {stack}", 180)  # type: ignore[misc]
        assert cloud.signals(stack) == []
        cloud.balancers.register_targets(TargetGroupArn=targets, Targets=[{"Id": found.identity.instance_id}])
        assert hypervisor.deployed(stack, 60) is found
        assert cloud.signals(stack) == ["SUCCESS"]


@pytest.mark.parametrize("stack", STACKS)
def test_two_machines_share_one_secret_which_only_root_and_the_server_read(hypervisor: Hypervisor, stack: str) -> None:
    machine = hypervisor.deployed(stack, 180)
    file = "/run/data-compute/shared-secret"
    # The server does not start without it.
    assert machine.run("cat", file) == f"{SHARED}\n"
    assert machine.run("stat", "-c", "%U:%G %a", file) == "root:page-fleet 640\n"
    assert SHARED not in machine.console
    assert machine.run("grep", "-rl", SHARED, "/etc", "/var/log", "/opt/data-compute/parts", check=False) == ""


def test_the_balancers_question_brings_no_secret_of_the_edge_and_a_visitors_must(hypervisor: Hypervisor) -> None:
    machine = hypervisor.deployed(FRONTED, 180)

    def ask(path: str, *told: str) -> str:
        say = ("--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--interface", "127.0.0.2")
        return machine.run("curl", *say, *told, f"http://127.0.0.1:8501{path}", check=False)

    assert ask("/_stcore/health") == "200"
    assert (ask("/_stcore/health", "--header", "X-Forwarded-For: 203.0.113.7"), ask("/")) == ("403", "403")


@pytest.mark.parametrize("stack", STACKS)
def test_a_machine_installs_from_the_lock(hypervisor: Hypervisor, stack: str) -> None:
    machine = hypervisor.deployed(stack, 180)
    packages = machine.run("sh", "-c", "cd /opt/data-compute/venv/lib/python3.12/site-packages; ls -d *.dist-info")
    assert "streamlit-" in packages
    assert "app-0" not in packages


def test_a_front_is_all_by_which_a_machine_is_reached(cloud: Cloud, hypervisor: Hypervisor) -> None:
    machine = hypervisor.deployed(FRONTED, 180)
    secret, first = secret_of(cloud, FRONTED)

    def ask(secret: str, source: str = "127.0.0.2") -> str:
        brought = ("--header", f"X-Origin-Secret: {secret}")
        say = ("--silent", "--output", "/dev/null", "--write-out", "%{http_code}")
        return machine.run("curl", *say, *brought, "--interface", source, "http://127.0.0.1:8501/", check=False)

    assert ask(first) == "200"
    assert (ask("guessed"), ask("guessed", "127.0.0.1")) == ("403", "200")
    # The boot's own proof, of the pages and of the guard.
    assert machine.serves()
    machine.run("systemctl", "is-active", "origin-secret.timer")

    cloud.secrets.put_secret_value(SecretId=secret, SecretString=CHANGED)
    machine.run("systemctl", "start", "origin-secret")
    assert (ask(CHANGED), ask(first), ask("guessed")) == ("200", "200", "403")

    # Where no role reaches it any more, as after a start without Secrets Manager, nobody is let in, and the machine is.
    machine.run("sh", "-c", "rm /run/data-compute/origin-secret")
    assert (ask(CHANGED), ask(first), ask("", "127.0.0.1")) == ("403", "403", "200")
    machine.run("systemctl", "restart", "streamlit")
    wait_for(lambda: ask(CHANGED) == "200", "the guard's start", 60)


def test_a_sign_in_is_asked_for_as_soon_as_its_client_is_there(cloud: Cloud, hypervisor: Hypervisor) -> None:
    machine = hypervisor.deployed(SIGNED_IN, 180)
    _, secret = secret_of(cloud, SIGNED_IN)
    brought = ("--header", f"X-Origin-Secret: {secret}", "--header", "Accept: text/html")
    say = ("--silent", "--output", "/dev/null", "--write-out", "%{http_code} %{redirect_url}", "--interface")

    def asked() -> str:
        return machine.run("curl", *say, "127.0.0.2", *brought, "http://127.0.0.1:8501/", check=False)

    # The machine was good before there was a client; now the server, a user of its own, reads what root has fetched.
    wait_for(lambda: asked().startswith("302 "), "root's fetching of the client", 60)
    assert "/oauth2/authorize?response_type=code" in asked()
    kept = machine.run("stat", "-c", "%U:%G %a", "/run/data-compute/sign-in")
    assert kept.strip() == "root:page-sign-in 640"
    machine.run("systemctl", "is-active", "sign-in.timer")
    # The boot's own proof, from the machine itself, needs no sign-in.
    assert machine.serves()
    # Where the client is not known, nobody is let in.
    machine.run("rm", "/run/data-compute/sign-in")
    assert asked().startswith("500")
    machine.run("systemctl", "restart", "streamlit")
    wait_for(lambda: asked().startswith("302 "), "a start's own fetching", 60)


def secret_of(cloud: Cloud, stack: str) -> tuple[str, str]:
    """Give the ARN and the value of what a stack's edge brings."""
    [arn] = [found["ARN"] for found in cloud.secrets.list_secrets()["SecretList"] if stack in found["Name"]]
    return arn, cloud.secrets.get_secret_value(SecretId=arn)["SecretString"]
