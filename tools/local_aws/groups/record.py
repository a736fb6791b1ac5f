"""What a group's record says: how many machines it wants, and which of them it has."""

from local_aws.ministack.groups import Record

SIZES = ("MinSize", "MaxSize", "DesiredCapacity")
IN_SERVICE, TERMINATING = "InService", "Terminating"


def sizes(record: Record) -> tuple[int, int, int]:
    """Read a group's smallest, largest and wanted size."""
    return record["MinSize"], record["MaxSize"], record["DesiredCapacity"]


def resize(record: Record, told: Record) -> None:
    """Give a group other sizes; what is wanted and not told stays within them."""
    record |= told
    if "DesiredCapacity" not in told:
        record["DesiredCapacity"] = min(max(record["DesiredCapacity"], record["MinSize"]), record["MaxSize"])


def in_service(record: Record) -> list[Record]:
    """List a group's machines but for those that end."""
    return [one for one in record["Instances"] if one["LifecycleState"] == IN_SERVICE]


def ending(record: Record) -> list[Record]:
    """List a group's machines that end."""
    return [one for one in record["Instances"] if one["LifecycleState"] == TERMINATING]


def say(record: Record, words: str) -> None:
    """Say in the embedded AWS's own log what becomes of a group."""
    print(f"group {record['AutoScalingGroupName']}: {words}", flush=True)
