"""The price table: one dated data file, which AWS's Price List API can refresh."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from facts.bills import METRICS_BY_THE_MINUTE

TABLE = Path(__file__).with_name("prices.json")
HOURS_A_MONTH = 730
HOURS_A_WEEK = 168
API = "AWS Price List API"
COMMITTED = "committed_hour"
# What a deployed machine costs. The table also has what the README reckons with; a refresh leaves it alone.
OF_A_MACHINE = ("instance_hour", "gp3_gb_month", "ipv4_hour")


@dataclass(frozen=True)
class Share:
    """What part of the price on demand it is about, and how that is known."""

    of_on_demand: float
    source: str


@dataclass(frozen=True)
class Prices:
    """A region's prices in US dollars; None is a price that the table lacks."""

    region: str
    instance_hour: Mapping[str, float]
    gp3_gb_month: float | None
    ipv4_hour: float | None
    # Where each of these prices is from, and of which day.
    sources: tuple[str, ...]
    # Every other price that is one number.
    others: Mapping[str, float] = field(default_factory=dict)

    # By instance type and number of years, as far as AWS was asked; of which day that is.
    committed_hour: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    committed_source: str = ""
    # What is known as a share of the price on demand alone.
    shares: Mapping[str, Share] = field(default_factory=dict)

    def spot_hour(self, instance_type: str) -> float | None:
        """Give what a Spot machine costs about: AWS changes it all the time."""
        return self._share_of("spot", instance_type)

    @property
    def monitoring_month(self) -> float | None:
        """Give what it costs to measure a machine by the minute."""
        metric = self.others.get("metric_month")
        return METRICS_BY_THE_MINUTE * metric if metric else None

    def committed(self, instance_type: str, years: int) -> float | None:
        """Give what an hour costs whoever pays for all hours of these years, nothing of them in advance."""
        asked = self.committed_hour.get(instance_type, {}).get(str(years))
        return asked or self._share_of(f"committed_{years}", instance_type)

    def source_of_committed(self, instance_type: str) -> tuple[str, ...]:
        """Tell where such prices are from."""
        if self.committed_hour.get(instance_type):
            return (self.committed_source,)
        return tuple(share.source for name, share in self.shares.items() if name.startswith("committed_"))

    def _share_of(self, name: str, instance_type: str) -> float | None:
        hourly, share = self.instance_hour.get(instance_type), self.shares.get(name)
        return hourly * share.of_on_demand if hourly and share else None


def read_prices(region: str, table: Path = TABLE) -> Prices:
    """Read what the table knows of a region."""
    content = json.loads(table.read_text(encoding="utf-8"))
    entry = content["regions"].get(region, {})
    committed = entry.pop(COMMITTED, {})
    known = {name: entry[name] for name in OF_A_MACHINE if name in entry}
    usd = {name: known.get(name, {}).get("usd") for name in OF_A_MACHINE}
    sources = dict.fromkeys(f"{price['source']} ({price['date']})" for price in known.values())
    others = {name: price["usd"] for name, price in entry.items() if name not in OF_A_MACHINE}
    return Prices(
        region,
        usd["instance_hour"] or {},
        usd["gp3_gb_month"],
        usd["ipv4_hour"],
        tuple(sources),
        others,
        committed.get("usd", {}),
        _origin(committed) if committed else "",
        {name: Share(share["of_on_demand"], _origin(share)) for name, share in content.get("shares", {}).items()},
    )


def _origin(price: Mapping[str, str]) -> str:
    about = f", {price['about']}" if "about" in price else ""
    return f"{price['source']} ({price['date']}){about}"


def write_prices(new: Prices, table: Path = TABLE) -> None:
    """Put what AWS said about a region into the table."""
    content = json.loads(table.read_text(encoding="utf-8"))
    origin = {"date": str(date.today()), "source": API}
    content["regions"][new.region] = content["regions"].get(new.region, {}) | {
        "instance_hour": {**origin, "usd": dict(new.instance_hour)},
        "gp3_gb_month": {**origin, "usd": new.gp3_gb_month},
        "ipv4_hour": {**origin, "usd": new.ipv4_hour},
        COMMITTED: {**origin, "usd": {name: dict(hours) for name, hours in new.committed_hour.items()}},
    }
    draft = table.with_suffix(f".{os.getpid()}.draft")
    try:
        draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        draft.replace(table)
    finally:
        # Still there where the disk was full.
        draft.unlink(missing_ok=True)
