"""The balancers follow ELB's records: each listener that there is listens, and each registered target is watched."""

import asyncio
import time
from functools import partial

from local_aws.balancers import TIMES_FASTER
from local_aws.balancers.app import Balancer, Place
from local_aws.balancers.health import HealthCheck
from local_aws.balancers.targets import DRAINING, REASONS, Target, Targets
from local_aws.edge.listener import Listener
from local_aws.edge.listeners import Listeners
from local_aws.machines.addresses import POOL
from local_aws.ministack import balancers
from local_aws.ministack.balancers import Key, Record

LOOK_SECONDS = 0.1


class Balancers:
    """All of them, on an event loop of their own, so that a busy embedded AWS never stalls a page."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._targets: dict[tuple[str, str], Targets] = {}
        self._listeners = Listeners(
            "balancers",
            lambda name: Listener(Balancer(partial(_find, name), self._targets_of, self._place), None),
            "stop that program, or choose another port, such as `make up PORT=9000`",
        )
        self._checks: set[asyncio.Task[None]] = set()
        self._watching: asyncio.Task[None] | None = None

    def follow(self) -> None:
        """Listen for each listener that there is, and for no other; and look at the targets."""
        # One that was made by hand has a name of AWS's, which leads nowhere here.
        self._listeners.follow({name for name in balancers.listeners() if name.partition(":")[0] in POOL})
        self._listeners.run(self._look())

    def states(self, account: str, group: str) -> dict[str, tuple[str, str]]:
        """Tell each target's state, and why it is no better."""
        record = balancers.target_group(account, group)
        if not record or not record["LoadBalancerArns"]:
            return dict.fromkeys(balancers.registered(account, group), ("unused", "Target.NotInUse"))
        return {one.id: (one.state, REASONS.get(one.state, "")) for one in self._targets_of(account, group).all()}

    def is_finishing(self, account: str, target: str) -> bool:
        """Tell whether a target that has been deregistered still answers somebody."""
        groups = [targets for (owner, _), targets in list(self._targets.items()) if owner == account]
        return any(one.id == target and one.state == DRAINING for targets in groups for one in targets.all())

    def connected_to(self, target: str) -> int:
        """Count the requests and WebSockets that a target answers now."""
        return sum(one.open for targets in list(self._targets.values()) for one in targets.all() if one.id == target)

    def end(self) -> None:
        """Close all of them."""
        self._listeners.end()

    def _targets_of(self, account: str, group: str) -> Targets:
        return self._targets.setdefault((account, group), Targets())

    async def _look(self) -> None:
        """Look now, and from now on while there is something to see."""
        self._look_once()
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while balancers.target_groups():
            await asyncio.sleep(LOOK_SECONDS)
            self._look_once()

    def _look_once(self) -> None:
        groups = balancers.target_groups()
        for gone in [key for key in self._targets if not any((one[0], one[2]) == key for one in groups)]:
            del self._targets[gone]
        for (account, _, arn), record in groups.items():
            targets = self._targets_of(account, arn)
            drain = balancers.attribute(account, arn, "deregistration_delay.timeout_seconds", "300")
            targets.follow(balancers.registered(account, arn), float(drain))
            check = HealthCheck.of(record)
            for target in [one for one in targets.all() if time.monotonic() >= one.next_check]:
                # The next one begins after this one's end.
                target.next_check = float("inf")
                task = asyncio.create_task(self._check(account, check, target))
                self._checks.add(task)
                task.add_done_callback(self._checks.discard)

    async def _check(self, account: str, check: HealthCheck, target: Target) -> None:
        try:
            passed = await check.passed(self._place(account, target, check.patience_seconds))
            target.judge(passed=passed, healthy_after=check.healthy_after, unhealthy_after=check.unhealthy_after)
        finally:
            target.next_check = time.monotonic() + check.seconds_between / TIMES_FASTER


def _find(name: str) -> tuple[Key, Record] | None:
    return balancers.listeners().get(name)
