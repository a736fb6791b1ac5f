"""Asking a target how it is, as its target group says."""

import asyncio
import re
from dataclasses import dataclass

from local_aws.edge.config import Origin
from local_aws.edge.origin import OriginError, asking
from local_aws.ministack.balancers import Record

AGENT = "ELB-HealthChecker/2.0"


@dataclass(frozen=True)
class HealthCheck:
    """What is asked, how often, and what counts as well."""

    path: str
    seconds_between: float
    patience_seconds: float
    healthy_after: int
    unhealthy_after: int
    # Such as `200`, `200,202` or `200-299`.
    matcher: str

    @classmethod
    def of(cls, group: Record) -> "HealthCheck":
        """Read a target group's."""
        return cls(
            path=group["HealthCheckPath"],
            seconds_between=group["HealthCheckIntervalSeconds"],
            patience_seconds=group["HealthCheckTimeoutSeconds"],
            healthy_after=group["HealthyThresholdCount"],
            unhealthy_after=group["UnhealthyThresholdCount"],
            matcher=group["Matcher"]["HttpCode"],
        )

    def takes(self, status: int) -> bool:
        """Tell whether a status is one of those that count as well."""
        spans = (re.split(r"\s*-\s*", one) for one in self.matcher.split(","))
        return any(int(span[0]) <= status <= int(span[-1]) for span in spans)

    async def passed(self, origin: Origin | None) -> bool:
        """Ask a target; nobody is there where it has no origin."""
        if origin is None:
            return False
        headers = [("host", f"{origin.host}:{origin.port}"), ("user-agent", AGENT), ("connection", "close")]
        try:
            async with (
                asyncio.timeout(self.patience_seconds),
                asking(origin, "GET", self.path, headers, None, never_silent) as answer,
            ):
                return self.takes(answer.status)
        except (OriginError, OSError, TimeoutError):
            return False


def never_silent(_address: str, _port: int) -> bool:
    """Say that a connection is refused at once where nobody listens."""
    return False
