"""The targets of one target group: which of them is healthy, who is asked next, and who still finishes what it has.

As in the Application Load Balancer guide, "Health checks" and "Edit target group attributes": one passed check makes a
new target healthy, later as many in a row as its thresholds say; where no target is healthy, all are asked.
"""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local_aws.balancers import TIMES_FASTER

INITIAL, HEALTHY, UNHEALTHY, DRAINING = "initial", "healthy", "unhealthy", "draining"
# As DescribeTargetHealth says why.
REASONS = {
    INITIAL: "Elb.RegistrationInProgress",
    UNHEALTHY: "Target.FailedHealthChecks",
    DRAINING: "Target.DeregistrationInProgress",
}


@dataclass
class Target:
    """One of them."""

    id: str
    port: int
    state: str = INITIAL
    # How many checks in a row have said the same.
    passed: int = 0
    failed: int = 0
    # Requests and WebSockets that it answers now.
    open: int = 0
    leaves_at: float = 0.0
    next_check: float = 0.0

    def judge(self, *, passed: bool, healthy_after: int, unhealthy_after: int) -> None:
        """Take a health check's result in."""
        self.passed, self.failed = (self.passed + 1, 0) if passed else (0, self.failed + 1)
        if self.state == DRAINING:
            return
        if self.passed >= (1 if self.state == INITIAL else healthy_after):
            self.state = HEALTHY
        elif self.failed >= unhealthy_after:
            self.state = UNHEALTHY

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count something that it answers."""
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1


class Targets:
    """All of one group."""

    def __init__(self) -> None:
        self._known: dict[str, Target] = {}
        self._turn = 0

    def follow(self, registered: dict[str, int], drain_seconds: float) -> None:
        """Have those that are registered, and let others finish what they have begun."""
        now = time.monotonic()
        for name, port in registered.items():
            known = self._known.get(name)
            if known is None or known.state == DRAINING:
                self._known[name] = Target(name, port)
        for target in [one for name, one in self._known.items() if name not in registered]:
            if target.state != DRAINING:
                target.state, target.leaves_at = DRAINING, now + drain_seconds / TIMES_FASTER
            if not target.open or now >= target.leaves_at:
                del self._known[target.id]

    def all(self) -> Collection[Target]:
        """List them, those that finish too."""
        return list(self._known.values())

    def choose(self, preferred: str | None = None) -> Target | None:
        """Choose whom to ask: who was asked before, if that one is well, else one after the other."""
        stay = [one for one in self._known.values() if one.state != DRAINING]
        able = [one for one in stay if one.state == HEALTHY] or stay
        if not able:
            return None
        for target in able:
            if target.id == preferred:
                return target
        self._turn += 1
        return able[self._turn % len(able)]
