"""What an assembly costs a month, whoever uses it or not: a line for each thing that has a price of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from facts.bills import BY_USE, PRICED, is_free
from facts.prices import HOURS_A_MONTH, HOURS_A_WEEK, Prices, read_prices
from facts.schemas import at
from review.assembly import INSTANCE, Assembly, Json, Resource, Stack
from review.fact import quoted
from review.machines import TEMPLATE, elastic_ips, machine_data
from review.meaning import possible_whole, resources_named
from review.schedules import hours_a_week
from review.values import members, text

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
# As an IdleStop of our own library tells the machine.
STOPS_BY_ITSELF = "\nIDLE_SECONDS="
# Of a stack that names no region. The prices of others differ by some percent.
REGION = "us-east-1"


@dataclass(frozen=True)
class Line:
    """One thing that costs."""

    resource: Resource
    # Markdown.
    what: str
    # A month; None where the table has no price.
    usd: float | None


def lines(assembly: Assembly) -> Iterator[Line]:
    """Give all that costs by being there, and what has no price that this knows."""
    # Its other address goes.
    tied = elastic_ips(assembly)
    for resource in assembly.resources:
        prices, kind = _prices(region(resource.stack)), resource.type
        if kind == INSTANCE:
            data = machine_data(assembly, resource)
            yield from _machine(assembly, prices, resource, data)
            if _asks_for_an_address(data) and resource not in tied:
                yield Line(resource, "public address", _month(prices, "ipv4_hour"))
        elif kind == "AWS::AutoScaling::AutoScalingGroup":
            yield from _group(assembly, prices, resource)
        elif kind == "AWS::EC2::Volume":
            yield _disk(assembly, prices, resource, resource.properties)
        elif kind == "AWS::EC2::VPCEndpoint":
            yield from _endpoint(assembly, prices, resource)
        elif kind in PRICED:
            what, name = PRICED[kind]
            yield Line(resource, what, _month(prices, name))
            if kind == BALANCER and resource.properties.get("Scheme", "internet-facing") == "internet-facing":
                # One in each zone.
                yield _addresses(prices, resource, len(members(resource.properties.get("Subnets"))) or 2)
        elif not (kind in BY_USE or is_free(kind)):
            yield Line(resource, "", None)


def by_use(assembly: Assembly) -> list[str]:
    """Tell what costs by how much it is used."""
    return sorted({BY_USE[resource.type] for resource in assembly.resources if resource.type in BY_USE})


def region(stack: Stack) -> str:
    """Give the region of a stack, as of which its prices are."""
    while stack.nested_as:
        stack = stack.nested_as.stack
    found = str(stack.artifact.get("environment")).rpartition("/")[2]
    return found if found.count("-") > 1 else REGION


def _machine(assembly: Assembly, prices: Prices, one: Resource, data: Json, count: int = 1) -> Iterator[Line]:
    times = f"{count} times " if count != 1 else ""
    sizes = list(dict.fromkeys(map(str, possible_whole(assembly, one.stack, data.get("InstanceType")))))
    hourly = [prices.instance_hour.get(size) for size in sizes]
    hours = hours_a_week(assembly, one)
    month = count * HOURS_A_MONTH * (1 if hours is None else hours / HOURS_A_WEEK)
    dearest = None if None in hourly else month * max(price or 0 for price in hourly)
    in_hours = "" if hours is None else f", {hours:g} hours a week"
    in_hours += ", at most: it stops by itself" if STOPS_BY_ITSELF in text(data.get("UserData")) else ""
    yield Line(one, f"{times}machine {quoted(' or '.join(sizes))}{in_hours}", dearest)
    # A template says so, or an instance itself, or a launch configuration.
    if True in (at(data, ["Monitoring", "Enabled"]), data.get("Monitoring"), data.get("InstanceMonitoring")):
        usd = None if prices.monitoring_month is None else count * prices.monitoring_month
        yield Line(one, f"{times}metrics by the minute", usd)
    for mapping in members(data.get("BlockDeviceMappings")):
        disk = at(mapping, ["Ebs"])
        for _ in range(count if isinstance(disk, dict) else 0):
            yield _disk(assembly, prices, one, disk)


def _group(assembly: Assembly, prices: Prices, group: Resource) -> Iterator[Line]:
    said = group.properties.get("DesiredCapacity", group.properties.get("MinSize", 1))
    numbers = [str(one) for one in possible_whole(assembly, group.stack, said)]
    named = resources_named(assembly, group.stack, group.properties)
    template = next((one for one, _ in named if one.type in (TEMPLATE, "AWS::AutoScaling::LaunchConfiguration")), None)
    if template and all(number.isdecimal() and len(number) < 4 for number in numbers):
        count = max(map(int, numbers))
        data = machine_data(assembly, template)
        yield from _machine(assembly, prices, group, data, count) if count else ()
        if count and _asks_for_an_address(data):
            yield _addresses(prices, group, count)
    else:
        yield Line(group, "machines", None)


def _asks_for_an_address(data: Json) -> bool:
    return any(at(each, ["AssociatePublicIpAddress"]) is True for each in members(data.get("NetworkInterfaces")))


def _addresses(prices: Prices, one: Resource, count: int) -> Line:
    price = _month(prices, "ipv4_hour")
    return Line(one, f"{count} times public address", None if price is None else count * price)


def _disk(assembly: Assembly, prices: Prices, one: Resource, disk: Json) -> Line:
    size, kind = (possible_whole(assembly, one.stack, disk.get(name)) for name in ("VolumeSize", "VolumeType"))
    if one.type == "AWS::EC2::Volume":
        size = possible_whole(assembly, one.stack, disk.get("Size"))
    known = [float(gib) for gib in size if str(gib).isdecimal() and len(str(gib)) < 8]
    usd = (
        max(known) * prices.gp3_gb_month
        if len(known) == len(size) and kind == ["gp3"] and prices.gp3_gb_month
        else None
    )
    return Line(one, f"disk of {quoted(size[0])} GiB", usd)


def _endpoint(assembly: Assembly, prices: Prices, one: Resource) -> Iterator[Line]:
    if "Interface" in possible_whole(assembly, one.stack, one.properties.get("VpcEndpointType")):
        zones, price = len(members(one.properties.get("SubnetIds"))) or 1, _month(prices, "vpc_endpoint_hour")
        yield Line(one, f"endpoint in {zones} zones", None if price is None else zones * price)


def _month(prices: Prices, name: str) -> float | None:
    price = prices.ipv4_hour if name == "ipv4_hour" else prices.others.get(name)
    return price * HOURS_A_MONTH if price and name.endswith("_hour") else price


_prices = cache(read_prices)
