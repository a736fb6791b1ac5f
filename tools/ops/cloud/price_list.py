"""What AWS's Price List API says."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
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

    def price(service: str, usage: str, **wanted: str) -> float | None:
        return _on_demand(_product(pricing, service, usage, {"regionCode": region, **wanted}))

    machines = {
        name: _product(pricing, "AmazonEC2", "BoxUsage", {"regionCode": region, "instanceType": name, **machine})
        for name in instance_types
    }
    origin = f"{API} ({date.today()})"
    return Prices(
        region,
        {name: _on_demand(product) or 0.0 for name, product in machines.items()},
        price("AmazonEC2", "VolumeUsage.gp3", **disk),
        price("AmazonVPC", "PublicIPv4:InUseAddress"),
        (origin,),
        committed_hour={name: dict(_reserved(product)) for name, product in machines.items()},
        committed_source=origin,
    )


def _product(pricing: Any, service: str, usage: str, wanted: Mapping[str, str]) -> Mapping[str, Any]:
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    pages = pricing.get_paginator("get_products").paginate(ServiceCode=service, Filters=filters)
    for page in pages:
        for text in page["PriceList"]:
            product: Mapping[str, Any] = json.loads(text)
            # In a usage type a region's prefix may stand before our part, and a size after it.
            if usage in product["product"]["attributes"].get("usagetype", "") and _on_demand(product):
                return product
    raise OpsError(f"the {API} has no price for {usage} with {', '.join(wanted.values())}")


def _on_demand(product: Mapping[str, Any]) -> float | None:
    return next(chain.from_iterable(map(_dollars, product.get("terms", {}).get("OnDemand", {}).values())), None)


def _reserved(product: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Give what an hour costs by the number of years that are paid for; a Savings Plan of its family costs the same."""
    for term in product["terms"].get("Reserved", {}).values():
        said = term["termAttributes"]
        if (said["OfferingClass"], said["PurchaseOption"]) == ("standard", "No Upfront"):
            for dollars in _dollars(term):
                yield said["LeaseContractLength"].removesuffix("yr"), dollars


def _dollars(term: Mapping[str, Any]) -> Iterator[float]:
    for dimension in term["priceDimensions"].values():
        dollars = float(dimension["pricePerUnit"].get("USD", 0))
        if dollars > 0:
            yield dollars
