"""What the deployed resources cost a month, running and stopped: pure arithmetic over a price table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from data_compute.hours import Hours
from facts.prices import HOURS_A_MONTH, HOURS_A_WEEK, Prices
from ops.cloud.deployment import Deployment
from ops.cloud.here import Here
from ops.cloud.machine import Machine

DAYS_A_MONTH = HOURS_A_MONTH / 24
NOT_COUNTED = (
    "Not counted: what depends on use (requests to the API, calls of the function, log lines, traffic to the "
    "internet, by CloudFront and by a balancer, CPU bursts of a t machine), the CDK's bootstrap bucket, taxes, "
    "discounts and free tiers."
)


@dataclass(frozen=True)
class Disk:
    """One volume."""

    kind: str
    gib: int


@dataclass(frozen=True)
class Line:
    """What one resource, or all together, cost in US dollars; None where the table has no price."""

    resource: str
    running: float | None
    stopped: float | None


def find_disks(here: Here, machine: Machine) -> list[Disk]:
    """Ask EC2 for the machine's volumes."""
    if not machine.volumes:
        return []
    volumes = here.aws.client("ec2").describe_volumes(VolumeIds=list(machine.volumes))["Volumes"]
    return [Disk(volume["VolumeType"], volume["Size"]) for volume in volumes]


def bill(prices: Prices, machine_type: str, disks: Sequence[Disk], hours: Hours | None = None) -> list[Line]:
    """Work out the month, of a machine that runs all the time, or in its office hours alone."""
    month = HOURS_A_MONTH * (hours.a_week / HOURS_A_WEEK if hours else 1)
    hourly = prices.instance_hour.get(machine_type)
    lines = [Line(f"machine {machine_type}", times(hourly, month), 0.0)]
    for disk in disks:
        monthly = times(prices.gp3_gb_month if disk.kind == "gp3" else None, disk.gib)
        lines.append(Line(f"disk {disk.gib} GiB {disk.kind}", monthly, monthly))
    address = times(prices.ipv4_hour, HOURS_A_MONTH)
    return [*lines, Line("public address (Elastic IP)", address, address)]


def bill_of_front(prices: Prices, deployment: Deployment) -> list[Line]:
    """Work out the month of what is kept for the page: CloudFront itself is paid by use, a sign-in by people."""
    lines = bill_of_secrets(prices, https=deployment.https, fleet=bool(deployment.fleet))
    return [*lines, *([Line("sign-in, up to 10,000 people", 0.0, 0.0)] if deployment.sign_in else [])]


def bill_of_secrets(prices: Prices, *, https: bool, fleet: bool) -> list[Line]:
    """Work out the month of what is kept secret before a page, also before one that is only wanted."""
    monthly = prices.others.get("secret_month")
    lines = [Line("secret of the HTTPS address", monthly, monthly)] if https else []
    # The machines of a fleet sign their cookies with it.
    return [*lines, *([Line("secret of the sessions", monthly, monthly)] if fleet else [])]


def total(lines: Sequence[Line]) -> Line:
    """Add up what is shown, in whole cents; a sum with an unknown part is unknown."""
    return Line("together", _sum([line.running for line in lines]), _sum([line.stopped for line in lines]))


def per_day(lines: Sequence[Line]) -> dict[str, float | None]:
    """Give the totals a day."""
    month = total(lines)
    return rounded(Line("a day", times(month.running, 1 / DAYS_A_MONTH), times(month.stopped, 1 / DAYS_A_MONTH)))


def dollars(amount: float | None) -> str:
    """Print an amount."""
    return "unknown" if amount is None else f"${cents(amount):.2f}"


def facts_of(lines: Sequence[Line], prices: Prices) -> dict[str, Any]:
    """Give the month as data."""
    return {
        "region": prices.region,
        "currency": "USD",
        "perMonth": [{"resource": line.resource, **rounded(line)} for line in lines],
        "total": rounded(total(lines)),
        "sources": list(prices.sources),
        "notCounted": NOT_COUNTED,
    }


def _sum(amounts: Sequence[float | None]) -> float | None:
    known = [cents(amount) for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def cents(amount: float) -> float:
    """Round, a half up: as a float, 24.125 may be a little less, or is rounded to the even cent."""
    return float(Decimal(f"{amount:.6f}").quantize(Decimal("0.01"), ROUND_HALF_UP))


def times(price: float | None, quantity: float) -> float | None:
    """Multiply; what is unknown stays so."""
    return None if price is None else price * quantity


def rounded(line: Line) -> dict[str, float | None]:
    """Give the amounts as data."""
    amounts = {"running": line.running, "stopped": line.stopped}
    return {state: None if amount is None else cents(amount) for state, amount in amounts.items()}
