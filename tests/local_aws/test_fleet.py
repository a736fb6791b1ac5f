"""Two machines behind a load balancer, and eight browsers, which stay through a good and a broken version."""

import os
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from local_aws.machines.disk import Disk
from local_aws.processes import Process
from ops.cloud.sessions import COUNT, DOCUMENT
from tests.local_aws.checkout import ORIGINAL, Checkout, ask, wait_until
from tests.local_aws.test_browser import launch

pytestmark = pytest.mark.system

BROWSERS = 8
CONTENT = b"a file of a visitor" * 100
APP = """
import streamlit as st

{broken}
st.title("Version {version}")
name = st.text_input("Name")
st.write(f"Hello {{name}}")
file = st.file_uploader("File")
if file:
    st.write(f"{{name}} brought {{len(file.getvalue())}} bytes")
"""


class Fleet:
    """A fleet that is up, and what asks for it."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout, self.app = checkout, checkout.folder / "visited"
        self.app.mkdir()
        # The packages of the app that is deployed otherwise, which are installed already.
        for file in ("requirements.txt", "requirements.lock"):
            shutil.copy(ORIGINAL / "streamlit_src" / file, self.app)

    def write(self, version: str, broken: str = "") -> None:
        """Write the app."""
        (self.app / "app.py").write_text(APP.format(version=version, broken=broken))

    def machines(self) -> dict[str, str]:
        """Ask the balancer of each machine's health."""
        elb = self.checkout.client("elbv2")
        [group] = elb.describe_target_groups()["TargetGroups"]
        told = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
        return {one["Target"]["Id"]: one["TargetHealth"]["State"] for one in told}

    def groups(self) -> dict[str, Any]:
        """Ask for the groups by their names, of which there is one."""
        told = self.checkout.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        return {one["AutoScalingGroupName"]: one for one in told}

    def zones(self) -> dict[str, str]:
        """Ask the group in which zone each machine is that it has in service."""
        [group] = self.groups().values()
        in_service = [one for one in group["Instances"] if one["LifecycleState"] == "InService"]
        return {one["InstanceId"]: one["AvailabilityZone"] for one in in_service}

    def wait_for_two(self, *, but: str) -> None:
        """Wait until two machines are well, of which one is none."""
        wait_until(lambda: list(self.machines().values()) == ["healthy"] * 2 and but not in self.machines(), 40)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    checkout = Checkout.copy(tmp_path_factory.mktemp("fleet") / "copy")
    fleet = Fleet(checkout)
    fleet.write("one")
    try:
        checkout.run("up", "-c", "machines=2-3", "-c", f"app={fleet.app}")
        # Eight browsers are load, by which it would grow: what is told here is of two machines.
        [name] = fleet.groups()
        checkout.client("autoscaling").suspend_processes(
            AutoScalingGroupName=name, ScalingProcesses=["AlarmNotification"]
        )
        yield fleet
    finally:
        checkout.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def visitors(browser: Browser, fleet: Fleet) -> list[Page]:
    """Open eight browsers, each with cookies of its own, and bring a file with each."""
    url = fleet.checkout.deployed().page_url
    opened = [browser.new_context().new_page() for _ in range(BROWSERS)]
    for page in opened:
        page.goto(url, wait_until="commit")
    bring(opened)
    return opened


def say(page: Page, name: str) -> None:
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Name").press("Enter")


def bring(pages: list[Page]) -> None:
    """Have each bring a file, all at once and step by step: what is done while a page still changes is lost on it."""
    for page in pages:
        expect(page.get_by_text("Hello", exact=True)).to_be_visible()
    for number, page in enumerate(pages):
        say(page, f"visitor {number}")
    for number, page in enumerate(pages):
        expect(page.get_by_text(f"Hello visitor {number}", exact=True)).to_be_visible()
        page.locator("input[type=file]").set_input_files(
            {"name": "file.txt", "mimeType": "text/plain", "buffer": CONTENT}
        )
    for number, page in enumerate(pages):
        expect(page.get_by_text(f"visitor {number} brought {len(CONTENT)} bytes")).to_be_visible()


@contextmanager
def asking(url: str) -> Iterator[Counter[int]]:
    """Ask for the page again and again, as new visitors do, and count the answers by status."""
    seen: Counter[int] = Counter()
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            for path in ("/", "/_stcore/health"):
                seen[ask(f"{url}{path}", 20)[0]] += 1

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def with_server_errors(pages: list[Page]) -> list[str]:
    """Note what browsers are answered with that is a server's error."""
    failed: list[str] = []
    for page in pages:
        page.on("response", lambda one: failed.append(f"{one.status} {one.url}") if one.status >= 500 else None)
    return failed


def test_each_visitor_stays_with_one_machine(fleet: Fleet, visitors: list[Page]) -> None:
    cookies = [{one["name"]: one["value"] for one in page.context.cookies()}["AWSALB"] for page in visitors]
    assert len(set(cookies)) == 2
    ssm, machines = fleet.checkout.client("ssm"), list(fleet.machines())
    lines = {"commands": [COUNT.format(port=8501)]}
    sent = ssm.send_command(
        DocumentName=DOCUMENT, Targets=[{"Key": "InstanceIds", "Values": machines}], Parameters=lines
    )["Command"]

    def counted() -> list[Any]:
        told = [ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=one) for one in machines]
        return [int(one["StandardOutputContent"]) for one in told if one["Status"] == "Success"]

    assert sum(wait_until(lambda: len(counted()) == 2 and counted(), 5)) == BROWSERS


def test_a_new_version_comes_without_a_failed_request(fleet: Fleet, visitors: list[Page]) -> None:
    before, failed = fleet.machines(), with_server_errors(visitors)
    fleet.write("two")
    with asking(fleet.checkout.deployed().page_url) as seen:
        fleet.checkout.run("up")
    assert set(seen) == {200}
    assert seen[200] > 20
    # Nobody opens it anew: each is led to a new machine, where a session begins with the next word.
    for page in visitors:
        say(page, "anybody there?")
    for page in visitors:
        expect(page.get_by_role("heading", name="Version two")).to_be_visible()
        page.reload(wait_until="commit")
    bring(visitors)
    assert failed == []
    assert not before.keys() & fleet.machines().keys()
    assert list(fleet.machines().values()) == ["healthy"] * 2


def test_a_broken_version_is_taken_back_and_nobody_notices(fleet: Fleet, visitors: list[Page]) -> None:
    before, failed = fleet.machines(), with_server_errors(visitors)
    fleet.write("three", broken='raise RuntimeError("what is broken")')
    with asking(fleet.checkout.deployed().page_url) as seen:
        told = fleet.checkout.run("up", check=False)
    assert told.returncode == 1
    assert "what is broken" in told.stdout
    assert set(seen) == {200}
    wait_until(lambda: fleet.machines() == before, 10)
    for number, page in enumerate(visitors):
        say(page, f"still {number}")
    for number, page in enumerate(visitors):
        # The file that was brought before.
        expect(page.get_by_text(f"still {number} brought {len(CONTENT)} bytes")).to_be_visible()
    assert failed == []


def test_a_machine_whose_app_dies_is_found_unhealthy_and_replaced(fleet: Fleet) -> None:
    """Of a machine that has booted long ago: a new one is given the time in which its app is started again."""
    before = fleet.zones()
    # In the second zone: where no machine is counted, the first one is taken.
    dies = max(before, key=before.__getitem__)
    process = Process.read(Disk(fleet.checkout.state.machines / dies).process)
    assert process
    os.killpg(process.pid, signal.SIGKILL)
    fleet.wait_for_two(but=dies)
    assert len(set(fleet.zones().values())) == 2


def test_a_machine_that_is_lost_is_replaced(fleet: Fleet) -> None:
    lost = next(iter(fleet.machines()))
    fleet.checkout.client("ec2").terminate_instances(InstanceIds=[lost])
    fleet.wait_for_two(but=lost)
    assert ask(f"{fleet.checkout.deployed().page_url}/")[0] == 200


def test_a_stopped_fleet_answers_that_it_is_gone_and_comes_back_as_it_was(fleet: Fleet) -> None:
    url = fleet.checkout.deployed().page_url
    fleet.checkout.shell("python -m ops stop")
    assert (fleet.machines(), ask(f"{url}/")[0]) == ({}, 503)
    fleet.checkout.shell("python -m ops start")
    assert (list(fleet.machines().values()), ask(f"{url}/")[0]) == (["healthy"] * 2, 200)


def test_ctrl_c_and_down_in_the_middle_leave_nothing(fleet: Fleet) -> None:
    fleet.write("four")
    running = fleet.checkout.start("up")
    log = fleet.checkout.state.server_log
    before = log.read_text().count("launched")
    wait_until(lambda: log.read_text().count("launched") > before, 60)
    running.send_signal(signal.SIGINT)
    running.wait(30)
    fleet.checkout.run("down")
    wait_until(lambda: not fleet.checkout.processes(), 10)
    assert not fleet.checkout.state.folder.exists()
