"""The price table: one dated data file, which AWS's Price List API can refresh."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ops.answers.errors import OpsError
from ops.cloud.clients import Aws

TABLE = Path(__file__).with_name("prices.json")
HOURS_A_MONTH = 730
# The API lives in a few regions only, and each knows the prices of all.
API_REGION = "us-east-1"
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
    # Where each price is from, and of which day.
    sources: tuple[str, ...]


def read_prices(region: str, table: Path = TABLE) -> Prices:
    """Read what the table knows of a region."""
    entry = json.loads(table.read_text(encoding="utf-8"))["regions"].get(region, {})
    known = {name: entry[name] for name in OF_A_MACHINE if name in entry}
    usd = {name: known.get(name, {}).get("usd") for name in OF_A_MACHINE}
    sources = dict.fromkeys(f"{price['source']} ({price['date']})" for price in known.values())
    return Prices(region, usd["instance_hour"] or {}, usd["gp3_gb_month"], usd["ipv4_hour"], tuple(sources))


def ask_prices(aws: Aws, region: str, instance_types: Iterable[str]) -> Prices:
    """Ask AWS for the prices of a region that concern us."""
    pricing = aws.client("pricing", API_REGION)
    machine = {
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
    }
    disk = {"productFamily": "Storage", "volumeApiName": "gp3"}

    def price(service: str, usage: str, **wanted: str) -> float:
        return _price(pricing, service, usage, {"regionCode": region, **wanted})

    return Prices(
        region,
        {name: price("AmazonEC2", "BoxUsage", instanceType=name, **machine) for name in instance_types},
        price("AmazonEC2", "VolumeUsage.gp3", **disk),
        price("AmazonVPC", "PublicIPv4:InUseAddress"),
        (f"{API} ({date.today()})",),
    )


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
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    draft.replace(table)


def _price(pricing: Any, service: str, usage: str, wanted: Mapping[str, str]) -> float:
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    pages = pricing.get_paginator("get_products").paginate(ServiceCode=service, Filters=filters)
    for page in pages:
        for text in page["PriceList"]:
            product = json.loads(text)
            # In a usage type a region's prefix may stand before our part, and a size after it.
            if usage in product["product"]["attributes"].get("usagetype", ""):
                for dollars in _on_demand(product):
                    return dollars
    raise OpsError(f"the {API} has no price for {usage} with {', '.join(wanted.values())}")


def _on_demand(product: Mapping[str, Any]) -> Iterator[float]:
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            dollars = float(dimension["pricePerUnit"].get("USD", 0))
            if dollars > 0:
                yield dollars
