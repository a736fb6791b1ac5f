"""Target tracking: how many machines a group wants by how busy they are.

As the Auto Scaling guide has it, "Target tracking scaling policies", and the two alarms that it makes: more after three
minutes over the target, as many as bring the average back to it; one fewer after fifteen minutes well under it. Here a
minute is shorter.
"""

import math
from collections import deque

from local_aws.balancers import TIMES_FASTER

METRIC = "ASGAverageCPUUtilization"
PERIOD_SECONDS = 60 / TIMES_FASTER
BUSY_PERIODS, QUIET_PERIODS = 3, 15
# The lower alarm's threshold, in parts of the target.
QUIET = 0.9


class Tracker:
    """What one policy has seen."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=QUIET_PERIODS)

    def wanted(self, average: float, target: float, now: int, *, least: int, most: int) -> int:
        """Take in how busy a period was, and say how many machines are wanted, of as many as there are now."""
        self._seen.append(average)
        latest = list(self._seen)[-BUSY_PERIODS:]
        if len(latest) == BUSY_PERIODS and min(latest) > target:
            self._seen.clear()
            return min(most, max(now + 1, math.ceil(now * average / target)))
        if len(self._seen) == QUIET_PERIODS and max(self._seen) < target * QUIET:
            self._seen.clear()
            return max(least, now - 1)
        return now
