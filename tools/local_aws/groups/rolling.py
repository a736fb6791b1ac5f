"""How many machines a rolling update ends and begins at each step.

As CloudFormation's reference has it, "UpdatePolicy attribute", of `AutoScalingRollingUpdate`: by batches, never fewer
in service than `MinInstancesInService`, for which the group grows for a while, never beyond its `MaxSize`.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rolling:
    """One update's way.

    :param wanted: how many the group has in the end.
    :param most: how many it may have.
    :param least: how many are in service all the while.
    """

    wanted: int
    most: int
    batch: int
    least: int

    @classmethod
    def of(cls, policy: dict[str, Any], wanted: int, most: int) -> "Rolling":
        """Read an update policy, whose numbers may be text."""
        batch, least = int(policy.get("MaxBatchSize", 1)), int(policy.get("MinInstancesInService", 0))
        if least >= most:
            raise ValueError(
                f"MinInstancesInService must be less than the autoscaling group's MaxSize: {least} is not under {most}"
            )
        return cls(wanted, most, batch, least)

    @property
    def size(self) -> int:
        """How large the group is meanwhile."""
        return max(self.wanted, min(self.least + self.batch, self.most))

    def step(self, old: int, new: int) -> tuple[int, int]:
        """Say how many old ones end and how many new ones begin, all the others being in service."""
        end = min(self.batch, old, max(0, old + new - self.least))
        room = self.size - (old - end) - new
        return end, max(0, min(self.batch, room, max(self.wanted, self.least) - new))
