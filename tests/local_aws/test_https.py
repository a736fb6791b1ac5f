"""`make up HTTPS=true`: a real browser by the edge, everybody else refused, and the same address whatever happens."""

import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect, sync_playwright
from websockets.exceptions import InvalidStatus

from ops.cloud import probe
from tests.local_aws.checkout import Checkout, wait_until
from tests.local_aws.test_browser import launch
from tests.local_aws.test_edge import STRANGER, Viewer, trusting
from tests.local_aws.trusting import trust

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address, and no NSS"),
]

ANOTHER = "another" * 8

PATIENCE = 30_000
PAGE = """
import streamlit as st

st.title("Behind the edge")
st.image(bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0"
                       "000003010100c9fe92ef0000000049454e44ae426082"))
if file := st.file_uploader("File"):
    st.text(f"{len(file.getvalue())} bytes")
st.text(f"you come from {st.context.ip_address}")
if st.button("Press"):
    st.text("pressed")
"""


@dataclass(frozen=True)
class Up:
    """What is up, as a visitor at the edge and one at the machine's own address see it."""

    checkout: Checkout
    viewer: Viewer
    direct: Viewer
    home: Path

    @property
    def url(self) -> str:
        """The page's."""
        return f"https://{self.viewer.name}"

    def client(self, service: str) -> Any:
        """Make a client of its AWS."""
        return self.checkout.client(service)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    folder = tmp_path_factory.mktemp("https")
    checkout = Checkout.copy(folder / "copy")
    source = checkout.folder / "streamlit_src"
    # With it, no upload as large.
    shutil.rmtree(source / ".streamlit")
    (source / "app.py").write_text(PAGE)
    try:
        told = checkout.run("up", "-c", "https=true", "-c", "web_from=203.0.113.7/32").stdout
        url = checkout.deployed().page_url
        assert f"The page      {url}\n" in told
        authority = checkout.state.authority
        assert f"{url}, signed by {authority}" in told
        trust(folder / "home", authority)
        (address,) = checkout.client("ec2").describe_addresses()["Addresses"]
        name, context = url.removeprefix("https://"), trusting(authority)
        direct = Viewer(f"{address['PublicIp']}:8501", None)
        yield Up(checkout, Viewer(name, context), direct, folder / "home")
    finally:
        checkout.end()


@pytest.fixture(scope="module")
def page(up: Up) -> Iterator[Page]:
    with sync_playwright() as playwright:
        homes = {"told": up.home, "untold": up.home.with_name("untold")}
        opened = {who: launch(playwright, home=home) for who, home in homes.items()}
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            opened["untold"].new_page().goto(up.url)
        made = opened["told"].new_page()
        made.set_default_timeout(PATIENCE)
        yield made
        for browser in opened.values():
            browser.close()


def test_a_browser_gets_the_page_by_https(up: Up, page: Page) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"http://{up.viewer.name}/")
    expect(page.get_by_role("heading", name="Behind the edge")).to_be_visible(timeout=PATIENCE)
    # The visitor's own address, as the edge adds it: of this laptop's person, one that is let in.
    expect(page.get_by_text("you come from 203.0.113.7")).to_be_visible()
    assert page.url == f"{up.url}/"
    assert sockets == [f"wss://{up.viewer.name}/_stcore/stream"]


def test_it_takes_a_file_of_20_mb_and_is_there_after_a_reload(page: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(b"1" * 20_000_000)
    page.locator("input[type=file]").set_input_files(large)
    expect(page.get_by_text("20000000 bytes")).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.get_by_role("heading", name="Behind the edge")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Press").click()
    expect(page.get_by_text("pressed")).to_be_visible()


@pytest.fixture(scope="module")
def paths(up: Up, page: Page) -> list[str]:
    """Name one path of each kind."""
    script = re.findall(r"static/js/[^\"]+\.js", up.viewer.ask("/").body.decode())[0]
    media = page.get_by_test_id("stImage").locator("img").get_attribute("src")
    assert media
    medium = media.removeprefix(up.url)
    return ["/", "/_stcore/health", "/_stcore/host-config", f"/{script}", medium, "/_stcore/upload_file/x/y"]


@pytest.mark.parametrize("guess", [{}, {"X-Origin-Secret": "guess"}, {"X-Forwarded-For": "127.0.0.1"}], ids=str)
def test_the_machine_itself_serves_nobody(up: Up, paths: list[str], guess: dict[str, str]) -> None:
    for method in ("GET", "PUT"):
        answers = {path: up.direct.ask(path, method, secure=False, headers=guess).status for path in paths}
        assert answers == dict.fromkeys(paths, 403)
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        up.direct.open("/_stcore/stream", additional_headers=guess)


def test_the_edge_serves_whom_the_doors_let_in(up: Up, paths: list[str]) -> None:
    assert {path: up.viewer.ask(path).status for path in paths[:5]} == dict.fromkeys(paths[:5], 200)
    assert {path: up.viewer.ask(path, source=STRANGER).status for path in paths} == dict.fromkeys(paths, 403)
    with up.viewer.open("/_stcore/stream", origin=up.url):
        pass
    # Another page's script, in the person's own browser.
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        up.viewer.open("/_stcore/stream", origin="https://example.org")


def test_static_files_are_kept_and_the_page_is_not(up: Up, paths: list[str]) -> None:
    kept = [up.viewer.ask(path).headers["x-cache"].partition(" ")[0] for path in (paths[3], "/")]
    assert kept == ["Hit", "Miss"]


def test_its_rights_are_needed_and_enough(up: Up) -> None:
    assert "secretsmanager:GetSecretValue" in up.checkout.run("rights").stdout


def test_the_probe_trusts_it(up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(probe.AUTHORITY, str(up.checkout.state.authority))
    assert probe.ask_page(up.url).ok


def test_a_changed_secret_changes_nothing_for_visitors(up: Up) -> None:
    secrets, cloudformation = up.client("secretsmanager"), up.client("cloudformation")
    (secret,) = [one["ARN"] for one in secrets.list_secrets()["SecretList"]]
    before = secrets.get_secret_value(SecretId=secret)["SecretString"]
    assert re.fullmatch(r"[A-Za-z0-9]{64}", before)
    secrets.put_secret_value(SecretId=secret, SecretString=ANOTHER)
    # Not before a deploy of the edge.
    assert up.viewer.ask("/").status == 200
    template = cloudformation.get_template(StackName="Streamlit")["TemplateBody"]
    text = template if isinstance(template, str) else json.dumps(template)
    assert before not in text
    changed = re.sub(r"Secret \w{8} of", "Secret 00000000 of", text)
    assert changed != text
    cloudformation.update_stack(StackName="Streamlit", TemplateBody=changed, Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter("stack_update_complete").wait(StackName="Streamlit", WaiterConfig={"Delay": 0.2})
    assert up.viewer.ask("/").status == 200
    by_hand = {
        value: up.direct.ask("/", secure=False, headers={"X-Origin-Secret": value}).status
        for value in (ANOTHER, before, "third")
    }
    assert by_hand == {ANOTHER: 200, before: 200, "third": 403}


@pytest.fixture(scope="module")
def next_machine(up: Up) -> str:
    """Launch one more of the template, as a replacement does; it boots meanwhile."""
    ec2 = up.client("ec2")
    (template,) = ec2.describe_launch_templates()["LaunchTemplates"]
    asked = {"LaunchTemplateId": template["LaunchTemplateId"], "Version": "$Latest"}
    (stack,) = up.client("cloudformation").describe_stacks(StackName="Streamlit")["Stacks"]
    tags = [{"Key": "aws:cloudformation:stack-id", "Value": stack["StackId"]}]
    specification = {"ResourceType": "instance", "Tags": tags}
    (new,) = ec2.run_instances(LaunchTemplate=asked, MinCount=1, MaxCount=1, TagSpecifications=[specification])[
        "Instances"
    ]
    return str(new["InstanceId"])


def test_while_the_machine_is_stopped_a_page_says_so_within_ten_seconds(up: Up, page: Page, next_machine: str) -> None:
    ec2, machine = up.client("ec2"), up.checkout.deployed().instance_id
    ec2.stop_instances(InstanceIds=[machine])
    began = time.monotonic()
    got = up.viewer.ask("/any")
    assert (got.status, time.monotonic() - began < 10) == (503, True)
    page.goto(f"{up.url}/any")
    expect(page.get_by_role("heading", name="This page does not answer")).to_be_visible(timeout=PATIENCE)
    ec2.start_instances(InstanceIds=[machine])
    # By the machine itself: whom the edge keeps waiting waits for eight seconds.
    wait_until(lambda: probe.ask(f"http://{up.direct.name}/").status == 403, 30)
    assert up.viewer.ask("/").status == 200
    assert next_machine != machine


def test_a_replaced_machine_has_the_same_address(up: Up, page: Page, next_machine: str) -> None:
    page.goto(up.url)
    expect(page.get_by_role("heading", name="Behind the edge")).to_be_visible(timeout=PATIENCE)
    wait_until((up.checkout.state.machines / next_machine / "booted").exists, 60)
    ec2, old = up.client("ec2"), up.checkout.deployed().instance_id
    (address,) = ec2.describe_addresses()["Addresses"]
    with page.expect_event("websocket", timeout=PATIENCE):
        ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=next_machine)
        ec2.terminate_instances(InstanceIds=[old])

    def answers() -> bool:
        """Press: what is pressed while the page connects anew is lost."""
        page.get_by_role("button", name="Press").click()
        page.wait_for_timeout(300)
        return page.get_by_text("pressed").is_visible()

    wait_until(answers, 30)
    assert page.url == f"{up.url}/"
