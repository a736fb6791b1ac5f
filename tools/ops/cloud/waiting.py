"""Waiting until the machine's state and its page agree."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ops.answers.errors import OpsError
from ops.answers.output import Tell
from ops.answers.spelling import ops
from ops.cloud import doors
from ops.cloud.deployment import Deployment
from ops.cloud.here import Here
from ops.cloud.machine import Machine, find_machine
from ops.cloud.probe import ask_page, host_and_port, page_is_silent

LIMIT_SECONDS = 300.0
PAUSE_SECONDS = 1.0
# A machine that reboots falls silent within seconds.
SILENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Target:
    """The machine and its page, as the stack names them."""

    here: Here
    instance_id: str
    url: str
    # The doors of an HTTPS address's edge.
    edge: Sequence[doors.Door] = ()

    def machine(self) -> Machine:
        """Ask EC2 how the machine is now."""
        return find_machine(self.here, self.instance_id)

    def passage(self, machine: Machine) -> doors.Passage:
        """Tell whether this laptop may ask the page."""
        return doors.passage(doors.find_doors(self.here, machine.security_groups, self.edge), *host_and_port(self.url))


def find_target(here: Here, deployment: Deployment) -> Target:
    """Tell which machine and page this is about."""
    return Target(here, deployment.machine, deployment.page_url, deployment.edge)


def wait_for_start(tell: Tell, target: Target, way: doors.Passage) -> str:
    """Wait until the machine runs and its page, where it can be asked, answers."""
    wait_for_state(tell, target, "running")
    if way.ok is False:
        return f"runs; its page was not asked: {way.words}"
    tell(f"machine {target.instance_id} runs; waiting for the page {target.url}")
    _wait(
        tell,
        target,
        lambda: ask_page(target.url, timeout=3).ok,
        f"runs, but its page {target.url} does not answer from here",
    )
    return f"runs and its page answers: {target.url}"


def wait_for_stop(tell: Tell, target: Target) -> str:
    """Wait until the machine has stopped and its page is silent."""
    wait_for_state(tell, target, "stopped")
    failing = f"has stopped, but somebody still answers at {target.url}"
    _wait(tell, target, lambda: page_is_silent(target.url), failing)
    return f"has stopped; its disk and its address still cost a little (`{ops('cost', target.here.copy)}`)"


def wait_for_state(tell: Tell, target: Target, state: str) -> None:
    """Wait until the machine is in a state."""
    _wait(tell, target, lambda: target.machine().existing().state == state, f"is not {state}")


def _wait(tell: Tell, target: Target, reached: Callable[[], bool], failing: str) -> None:
    wait_until(tell, f"machine {target.instance_id}", target.here.copy, reached, failing, LIMIT_SECONDS)


def wait_until(tell: Tell, what: str, copy: str, reached: Callable[[], bool], failing: str, limit: float) -> None:
    """Ask again and again; give up in words."""
    started = time.monotonic()
    while not reached():
        passed = time.monotonic() - started
        if passed > limit:
            raise OpsError(f"{what} {failing} after {limit:.0f} s: `{ops('doctor', copy)}` says why")
        if passed > 5:
            tell(f"{what}: waiting for {passed // 5 * 5:.0f} s now")
        time.sleep(PAUSE_SECONDS)


class Silence:
    """Watches for the moment in which the page does not answer: the only sign of a reboot that a laptop can see.

    It watches from before the reboot is asked for, as the moment may be short.
    """

    def __init__(self, url: str) -> None:
        self._found = threading.Event()
        self._until = time.monotonic() + SILENCE_SECONDS
        self._thread = threading.Thread(target=self._watch, args=[url], daemon=True)
        self._thread.start()

    def seen(self) -> bool:
        """Wait for it, and say whether it came."""
        self._thread.join()
        return self._found.is_set()

    def _watch(self, url: str) -> None:
        while time.monotonic() < self._until:
            if page_is_silent(url):
                self._found.set()
                return
            time.sleep(0.1)
