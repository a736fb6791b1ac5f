"""What AWS's Price List API says."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from facts.prices import API, Prices
from ops.answers.errors import OpsError
from ops.cloud.clients import Aws

# It lives in a few regions only, and each knows the prices of all.
API_REGION = "us-east-1"


def ask_prices(aws: Aws, region: str, instance_types: Iterable[str]) -> Prices:
    """Ask AWS for the prices of a region that concern us."""
    pricing = aws.client("pricing", API_REGION)
    machine = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
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
