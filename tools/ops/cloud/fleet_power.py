"""Stopping a fleet and bringing it back: its group wants no machine, and says in a tag what it was."""

from collections.abc import Callable

from ops.answers.output import Tell
from ops.answers.spelling import ops
from ops.cloud import doors
from ops.cloud.balancer import HEALTHY, find_health
from ops.cloud.deployment import Deployment
from ops.cloud.fleet import BEFORE_STOP, SUSPENDED, Fleet, find_fleet
from ops.cloud.here import Here
from ops.cloud.machines import find_ways_in
from ops.cloud.probe import ask_page, host_and_port
from ops.cloud.waiting import wait_until

# Each machine of a fleet that comes back is a new one, whose boot may take as long as a deploy lets it.
LIMIT_SECONDS = 1200.0


def stop_fleet(here: Here, fleet: Fleet, told_smallest: int) -> None:
    """Let it want no machine, until `start`: neither load nor season brings one back."""
    group, client = {"AutoScalingGroupName": fleet.name}, here.aws.client("autoscaling")
    # First: what breaks off after this is begun anew, and loses nothing.
    client.create_or_update_tags(Tags=[{**_tag(fleet), "Value": f"{fleet.smallest}/{fleet.wanted}/{told_smallest}"}])
    client.suspend_processes(**group, ScalingProcesses=list(SUSPENDED))
    client.update_auto_scaling_group(**group, MinSize=0, DesiredCapacity=0)


def start_fleet(here: Here, fleet: Fleet, told_smallest: int) -> int:
    """Let it be what it was, and say how many machines that is."""
    group, client = {"AutoScalingGroupName": fleet.name}, here.aws.client("autoscaling")
    smallest, wanted = before_stop(fleet, told_smallest)
    client.update_auto_scaling_group(**group, MinSize=smallest, DesiredCapacity=wanted)
    client.resume_processes(**group, ScalingProcesses=list(SUSPENDED))
    client.delete_tags(Tags=[_tag(fleet)])
    return wanted


def before_stop(fleet: Fleet, told_smallest: int) -> tuple[int, int]:
    """Tell what it was, smallest and wanted; of one that was stopped by hand, what its stack was told."""
    tag = fleet.tags.get(BEFORE_STOP) or "/".join(3 * [str(told_smallest)])
    smallest, wanted, told_then = map(int, tag.split("/"))
    if told_then != told_smallest:
        smallest, wanted = max(smallest, told_smallest), max(wanted, told_smallest)
    # A deploy in between may have made it smaller.
    return min(smallest, fleet.largest), min(wanted, fleet.largest)


def set_again(here: Here, before: Fleet) -> None:
    """Let it be as it was, also where that is stopped."""
    group, client = {"AutoScalingGroupName": before.name}, here.aws.client("autoscaling")
    if before.stopped:
        client.suspend_processes(**group, ScalingProcesses=list(SUSPENDED))
    client.update_auto_scaling_group(
        **group, MinSize=before.smallest, MaxSize=before.largest, DesiredCapacity=before.wanted
    )


def wait_for_stop(tell: Tell, here: Here, name: str) -> str:
    """Wait until its last machine is gone."""
    _wait(tell, here, name, lambda: not find_fleet(here, name).members, "has machines still")
    return f"has stopped; its balancer still costs (`{ops('cost', here.copy)}`)"


def wait_for_start(tell: Tell, here: Here, deployment: Deployment, fleet: Fleet, wanted: int) -> str:
    """Wait until the balancer sends people to as many machines, and the page, where it can be asked, answers."""
    told = -1

    def healthy() -> bool:
        nonlocal told
        count = sum(health.state == HEALTHY for health in find_health(here, fleet).values())
        if count != told:
            tell(f"fleet {fleet.name}: {count} of {wanted} machines are healthy")
        told = count
        return count >= wanted

    _wait(tell, here, fleet.name, healthy, f"has fewer healthy machines than {wanted}")
    url = deployment.page_url
    way = doors.passage(find_ways_in(here, deployment, []), *host_and_port(url))
    if way.ok is False:
        return f"has {wanted} healthy machines; its page was not asked: {way.words}"
    _wait(tell, here, fleet.name, lambda: ask_page(url, timeout=3).ok, f"runs, but its page {url} does not answer")
    return f"has {wanted} healthy machines and its page answers: {url}"


def _wait(tell: Tell, here: Here, name: str, reached: Callable[[], bool], failing: str) -> None:
    wait_until(tell, f"fleet {name}", here.copy, reached, failing, LIMIT_SECONDS)


def _tag(fleet: Fleet) -> dict[str, object]:
    return {
        "ResourceId": fleet.name,
        "ResourceType": "auto-scaling-group",
        "Key": BEFORE_STOP,
        "PropagateAtLaunch": False,
    }
