"""cost of a fleet, at its smallest and its largest, and what a commitment would save."""

import json
import re
from pathlib import Path

import pytest

from facts.prices import read_prices
from ops.cloud.balancer import Balancer
from ops.cloud.costs import Disk, bill_of_secrets, dollars, total
from ops.cloud.fleet_costs import Model, Priced
from tests.ops.fake_aws import FakeAws, Ops
from tests.ops.fake_fleet import BOTH, FakeFleet
from tests.ops.verbs.test_cost import deployed, machine_price, price_list, product

pytestmark = pytest.mark.usefixtures("price_table")
SPOT = {
    "MixedInstancesPolicy": {
        "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "3"}},
        "InstancesDistribution": {"OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 0},
    },
    "LaunchTemplate": {},
}


def told(fleet: FakeFleet, **more: object) -> None:
    fleet.deployment()
    fleet.group(*BOTH, **more)  # type: ignore[arg-type]
    fleet.balancer()
    fleet.template()


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("  ") if cell] for line in text.split("\n\n")[0].splitlines()]


def test_few_and_many_machines(fleet: FakeFleet, ops: Ops) -> None:
    told(fleet)
    result = ops("cost")
    assert result.exit_code == 0, result.stderr
    assert rows(result.stdout) == [
        ["a month, 730 h", "2 machines", "4 machines", "stopped"],
        ["machines t4g.small, on demand", "$28.03", "$56.06", "$0.00"],
        ["disks 12 GiB gp3", "$2.28", "$4.57", "$0.00"],
        ["public addresses of the machines", "$7.30", "$14.60", "$0.00"],
        ["metrics by the minute", "$4.20", "$8.40", "$0.00"],
        ["load balancer", "$19.71", "$19.71", "$19.71"],
        ["public addresses of the balancer: 2", "$7.30", "$7.30", "$7.30"],
        ["secret of the sessions", "$0.40", "$0.40", "$0.40"],
        ["together", "$69.22", "$111.04", "$27.41"],
    ]


def test_a_half_cent_counts_up_and_what_is_shown_adds_up(root: Path) -> None:
    """As the guide has it, whose balancer costs 16.425 a month."""
    model = Model("t4g.small", [Disk("gp3", 12)], public=True, monitored=True)
    prices = read_prices("us-east-1")
    fleet = Priced(model, [Balancer((), ("first", "second"))], None)
    lines = [*fleet.bill(prices, 2), *bill_of_secrets(prices, https=False, fleet=True)]
    shown, month = [dollars(line.running) for line in lines], total(lines)
    assert "$16.43" in shown
    assert dollars(sum(float(amount.strip("$")) for amount in shown)) == dollars(month.running)
    guide = (root / "docs/fleet.md").read_text()
    assert set(re.findall(r"\| (\$[0-9.]+) \|", guide)) == set(shown)
    assert f"**{dollars(month.running)}** for two machines" in guide
    assert f"{dollars(month.stopped)} a month, stay" in guide


def test_on_spot_one_machine_is_on_demand(fleet: FakeFleet, ops: Ops) -> None:
    told(fleet, **SPOT)
    out = ops("cost").stdout
    assert rows(out)[1:3] == [
        ["machines t4g.small, on demand", "$14.02", "$14.02", "$0.00"],
        ["machines t4g.small, Spot", "$4.91", "$14.72", "$0.00"],
    ]
    assert "On Spot: a list (2026-11-01), derived" in out


def test_a_stopped_fleet_still_tells_its_price(fleet: FakeFleet, ops: Ops) -> None:
    fleet.deployment()
    fleet.group(smallest=0)
    fleet.balancer()
    fleet.template()
    facts = json.loads(ops("cost", "--json").stdout)
    assert (facts["machines"], facts["total"]) == (2, {"running": 69.22, "stopped": 27.41})
    assert facts["largest"] == {"machines": 4, "total": {"running": 111.04, "stopped": 27.41}}


def test_what_a_commitment_saves_one_machine(aws: FakeAws, ops: Ops) -> None:
    deployed(aws)
    out = ops("cost", "--commitment").stdout
    assert rows(out) == [
        ["1 machine t4g.small", "an hour each", "a month, 730 h", "saves a month", "pays from"],
        ["on demand", "$0.0192", "$14.02"],
        ["1 year", "$0.0120", "$8.76", "$5.26", "456 h a month"],
        ["3 years", "$0.0083", "$6.03", "$7.99", "314 h a month"],
    ]
    assert "Prices in eu-central-1: a list (2026-11-01), derived" in out
    assert "runs 282 h a month" in out
    assert "what to buy is a person's decision" in out


def test_a_commitment_is_reckoned_for_the_machines_that_always_run(fleet: FakeFleet, ops: Ops) -> None:
    told(fleet)
    facts = json.loads(ops("cost", "--commitment", "--json").stdout)
    assert facts["machines"] == 2
    assert facts["terms"][0] == {"years": 1, "hour": 0.012, "savesPerMonth": 10.51, "paysFromHours": 456}
    told(fleet, **SPOT)
    assert json.loads(ops("cost", "--commitment", "--json").stdout)["machines"] == 1


def test_without_a_price_nothing_is_made_up(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, InstanceType="p5.48xlarge")
    assert rows(ops("cost", "--commitment").stdout)[2:] == [
        ["1 year", "unknown", "unknown", "unknown", "unknown"],
        ["3 years", "unknown", "unknown", "unknown", "unknown"],
    ]


def test_a_refresh_asks_for_committed_prices_too(aws: FakeAws, ops: Ops, price_table: Path) -> None:
    deployed(aws)
    reserved = {
        "a": "1yr,standard,All Upfront,0",
        "b": "1yr,convertible,No Upfront,0.013",
        "c": "1yr,standard,No Upfront,0.0121",
        "d": "3yr,standard,No Upfront,0.0083",
    }
    machine_price(aws, "t4g.small", [product("EUC1-BoxUsage:t4g.small", "0.0192", **reserved)])
    disk = [product("EUC1-EBS:VolumeUsage.gp3", "0.1")]
    price_list(aws, "AmazonEC2", disk, productFamily="Storage", volumeApiName="gp3")
    price_list(aws, "AmazonVPC", [product("EUC1-PublicIPv4:InUseAddress", "0.01")])
    out = ops("cost", "--refresh", "--commitment").stdout
    assert rows(out)[2] == ["1 year", "$0.0121", "$8.83", "$5.18", "460 h a month"]
    assert "derived" not in out
    kept = json.loads(price_table.read_text())["regions"]["eu-central-1"]["committed_hour"]
    assert kept["usd"] == {"t4g.small": {"1": 0.0121, "3": 0.0083}}
    assert kept["source"] == "AWS Price List API"
    # The next one reads what was kept.
    deployed(aws)
    assert rows(ops("cost", "--commitment").stdout)[2][1] == "$0.0121"
