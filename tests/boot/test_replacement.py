"""A changed app: a second machine becomes healthy, the address moves to it, and only then the first one goes."""

import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from aws_cdk import App, CfnParameter, Stack, Tags
from aws_cdk import aws_ec2 as ec2

from data_compute import StreamlitServer
from tests.boot.cloud import Cloud, Page, write_app
from tests.boot.hypervisor import Hypervisor
from tests.boot.machine import Machine, wait_for

pytestmark = pytest.mark.system

# Moving an Elastic IP is one call; this leaves room for a busy computer.
LONGEST_GAP_SECONDS = 3.0


class Visitor:
    """Somebody who opens the page again and again, at its address."""

    def __init__(self, hypervisor: Hypervisor, address: str) -> None:
        self.answers: list[tuple[float, str]] = []
        self._over = threading.Event()

        def visit() -> None:
            while not self._over.wait(0.1):
                machine = hypervisor.at(address)
                served = machine is not None and machine.get(seconds=2) == 200
                self.answers.append((time.monotonic(), machine.identity.instance_id if machine and served else ""))

        self._thread = threading.Thread(target=visit)
        self._thread.start()

    def leave(self) -> None:
        self._over.set()
        self._thread.join()

    def longest_gap(self) -> float:
        """Give the longest time from one good answer to the next."""
        good = [when for when, served_by in self.answers if served_by]
        return max(later - earlier for earlier, later in pairwise(good))


# The page says what it was told, when somebody looks at it: the boot's own proof does.
TELLING = "import os\nimport streamlit as st\nprint('the word is', os.environ['WORD'], flush=True)\nst.title('hello')\n"


def test_a_value_that_only_the_deploy_knows_reaches_the_page(
    cloud: Cloud, hypervisor: Hypervisor, folder: Path
) -> None:
    source = write_app(folder / "told", TELLING)

    def deploy(word: str, *, door: bool = False, team: str = "") -> Machine:
        app = App(outdir=str(folder / f"{word}{door}{team}.told"))
        stack = Told(app, source, word)
        if door:
            stack.server.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))
        if team:
            Tags.of(app).add("team", team)
        cloud.deploy(app)
        return hypervisor.deployed("Told", 180)

    first, second = deploy("first"), deploy("second")
    assert second is not first
    log = f"{second.identity.instance_id}/app"
    wait_for(lambda: "the word is second" in cloud.log("Told", log), "the new word in the page's log", 20)

    # A door, then a tag of everything: neither machine nor key pair is another.
    pairs = cloud.physical_id("Told", "AWS::EC2::KeyPair")
    assert deploy("second", door=True) is second
    assert deploy("second", door=True, team="data") is second
    assert not second.is_off
    assert cloud.physical_id("Told", "AWS::EC2::KeyPair") == pairs


class Told(Stack):
    """A server whose app is told a word that is a parameter: the text of the user data never changes with it."""

    def __init__(self, app: App, source: Path, word: str) -> None:
        super().__init__(app, "Told")
        told = CfnParameter(self, "Word", default=word).value_as_string
        self.server = StreamlitServer(self, "Server", app=source, entry_file="app.py", environment={"WORD": told})


def test_changed_app_is_healthy_before_the_address_moves(
    cloud: Cloud, hypervisor: Hypervisor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deploy(version: str) -> Machine:
        app = App(outdir=str(folder / f"{version}.out"))
        source = write_app(folder / version, f"import streamlit as st\nst.title('{version}')\n")
        Page(app, "Replaced", source)
        cloud.deploy(app)
        return hypervisor.deployed("Replaced", 180)

    first = deploy("first")
    address = cloud.address("Replaced")
    pull_the_plug, led_to = first.stop, []

    def stop() -> None:
        led_to.append(hypervisor.at(address))
        pull_the_plug()

    monkeypatch.setattr(first, "stop", stop)
    visitor = Visitor(hypervisor, address)
    try:
        second = deploy("second")
        wait_for(lambda: first.is_off, "the end of the first machine", 10)
        time.sleep(1)
    finally:
        visitor.leave()

    assert second is not first
    assert cloud.address("Replaced") == address
    assert hypervisor.at(address) is second
    served = [served_by for _, served_by in visitor.answers if served_by]
    # One after the other, never back.
    assert list(dict.fromkeys(served)) == [first.identity.instance_id, second.identity.instance_id]
    assert served == sorted(served, key=[first.identity.instance_id, second.identity.instance_id].index)
    assert visitor.longest_gap() < LONGEST_GAP_SECONDS
    # A visitor who comes ten times a second may come to the second machine only after that.
    assert led_to[0] is second
