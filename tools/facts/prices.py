"""The price table: one dated data file, which AWS's Price List API can refresh."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

TABLE = Path(__file__).with_name("prices.json")
HOURS_A_MONTH = 730
API = "AWS Price List API"
# What a deployed machine costs. The table also has what the README reckons with; a refresh leaves it alone.
OF_A_MACHINE = ("instance_hour", "gp3_gb_month", "ipv4_hour")


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

    def spot_hour(self, instance_type: str) -> float | None:
        """Give what a Spot machine costs about: AWS changes it all the time."""
        hourly, share = self.instance_hour.get(instance_type), self.others.get("spot_share")
        return hourly * share if hourly and share else None


def read_prices(region: str, table: Path = TABLE) -> Prices:
    """Read what the table knows of a region."""
    entry = json.loads(table.read_text(encoding="utf-8"))["regions"].get(region, {})
    known = {name: entry[name] for name in OF_A_MACHINE if name in entry}
    usd = {name: known.get(name, {}).get("usd") for name in OF_A_MACHINE}
    sources = dict.fromkeys(f"{price['source']} ({price['date']})" for price in known.values())
    others = {name: price["usd"] for name, price in entry.items() if name not in OF_A_MACHINE}
    return Prices(region, usd["instance_hour"] or {}, usd["gp3_gb_month"], usd["ipv4_hour"], tuple(sources), others)


def write_prices(new: Prices, table: Path = TABLE) -> None:
    """Put what AWS said about a region into the table."""
    content = json.loads(table.read_text(encoding="utf-8"))
    origin = {"date": str(date.today()), "source": API}
    content["regions"][new.region] = content["regions"].get(new.region, {}) | {
        "instance_hour": {**origin, "usd": dict(new.instance_hour)},
        "gp3_gb_month": {**origin, "usd": new.gp3_gb_month},
        "ipv4_hour": {**origin, "usd": new.ipv4_hour},
    }
    draft = table.with_suffix(f".{os.getpid()}.draft")
    try:
        draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        draft.replace(table)
    finally:
        # Still there where the disk was full.
        draft.unlink(missing_ok=True)
