"""What a fleet costs a month, with as many machines as one likes to reckon with."""

from collections.abc import Sequence
from dataclasses import dataclass

from facts.prices import HOURS_A_MONTH, Prices
from ops.cloud.balancer import Balancer
from ops.cloud.costs import Disk, Line, times
from ops.cloud.fleet import Fleet
from ops.cloud.here import Here


@dataclass(frozen=True)
class Model:
    """What each machine of a fleet is: its launch template says so, also while there is none."""

    type: str
    disks: Sequence[Disk]
    public: bool
    # Whether EC2 measures it by the minute.
    monitored: bool


@dataclass(frozen=True)
class Priced:
    """All of a fleet that costs by being there."""

    model: Model
    balancers: Sequence[Balancer]
    # The machines that are not on Spot, however many there are; None: no machine is.
    on_demand_base: int | None

    def always(self, smallest: int) -> int:
        """Count the machines that run all the time, and are not on Spot."""
        return smallest if self.on_demand_base is None else min(smallest, self.on_demand_base)

    def bill(self, prices: Prices, count: int) -> list[Line]:
        """Work out the month of so many machines; a stopped fleet keeps its balancer alone."""
        model, base = self.model, self.always(count)
        lines = [Line(f"machines {model.type}, on demand", _month(prices.instance_hour.get(model.type), base), 0.0)]
        if self.on_demand_base is not None:
            lines.append(Line(f"machines {model.type}, Spot", _month(prices.spot_hour(model.type), count - base), 0.0))
        for disk in model.disks:
            monthly = times(prices.gp3_gb_month if disk.kind == "gp3" else None, disk.gib)
            lines.append(Line(f"disks {disk.gib} GiB {disk.kind}", times(monthly, count), 0.0))
        if model.public:
            lines.append(Line("public addresses of the machines", _month(prices.ipv4_hour, count), 0.0))
        if model.monitored:
            lines.append(Line("metrics by the minute", times(prices.monitoring_month, count), 0.0))
        for balancer in self.balancers:
            hourly = _month(prices.others.get("load_balancer_hour"), 1)
            addresses = _month(prices.ipv4_hour, len(balancer.zones))
            lines.append(Line("load balancer", hourly, hourly))
            lines.append(Line(f"public addresses of the balancer: {len(balancer.zones)}", addresses, addresses))
        return lines


def find_priced(here: Here, fleet: Fleet, balancers: Sequence[Balancer]) -> Priced:
    """Ask EC2 what the group's version of its launch template makes: after a rollback the newest is the broken one."""
    versions = here.aws.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=fleet.template, Versions=[fleet.version]
    )
    data = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    disks = [device["Ebs"] for device in data.get("BlockDeviceMappings", []) if "Ebs" in device]
    model = Model(
        data["InstanceType"],
        [Disk(disk.get("VolumeType", ""), disk.get("VolumeSize", 0)) for disk in disks],
        any(interface.get("AssociatePublicIpAddress") for interface in data.get("NetworkInterfaces", [])),
        data.get("Monitoring", {}).get("Enabled", False),
    )
    return Priced(model, balancers, fleet.on_demand_base)


def _month(hourly: float | None, count: int) -> float | None:
    return times(hourly, HOURS_A_MONTH * count)
