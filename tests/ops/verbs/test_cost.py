"""cost, and the price table behind it."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data_compute.hours import EXAMPLE
from facts import prices
from facts.prices import Prices, read_prices, write_prices
from ops.cloud.costs import Disk, bill, dollars, per_day, total
from tests.ops.fake_aws import FakeAws, Ops

REGION = "eu-central-1"
pytestmark = pytest.mark.usefixtures("price_table")


def deployed(aws: FakeAws, told: dict[str, str] | None = None, **machine: Any) -> None:
    aws.deployment(**(told or {}))
    aws.machine(**machine)
    aws.disk()


def test_the_month_by_resource(aws: FakeAws, ops: Ops) -> None:
    deployed(aws)
    result = ops("cost")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["a", "month,", "730", "h", "running", "stopped"]
    assert lines[1].split() == ["machine", "t4g.small", "$14.02", "$0.00"]
    assert lines[2].split() == ["disk", "12", "GiB", "gp3", "$1.14", "$1.14"]
    assert lines[3].split() == ["public", "address", "(Elastic", "IP)", "$3.65", "$3.65"]
    assert lines[4].split() == ["together", "$18.81", "$4.79"]
    assert "Prices in eu-central-1: a list (2026-11-01)" in result.stdout
    assert "Not counted: what depends on use" in result.stdout


def test_the_answer_for_scripts(aws: FakeAws, ops: Ops) -> None:
    deployed(aws)
    facts = json.loads(ops("cost", "--json").stdout)
    assert facts["total"] == {"running": 18.81, "stopped": 4.79}
    assert facts["region"] == REGION
    assert facts["sources"] == ["a list (2026-11-01)"]


def test_office_hours_have_a_month_of_their_own(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, {"office_hours": EXAMPLE})
    lines = ops("cost").stdout.splitlines()
    assert lines[0].split() == ["a", "month,", "730", "h", "running", "in", "its", "hours", "stopped"]
    assert lines[1].split() == ["machine", "t4g.small", "$14.02", "$4.59", "$0.00"]
    assert lines[4].split() == ["together", "$18.81", "$9.38", "$4.79"]
    deployed(aws, {"office_hours": EXAMPLE})
    facts = json.loads(ops("cost", "--json").stdout)
    assert facts["inOfficeHours"] == {"running": 9.38, "stopped": 4.79}
    assert "machines" not in facts


def test_a_machine_with_office_hours_saves_nothing_by_a_commitment(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, {"office_hours": EXAMPLE})
    facts = json.loads(ops("cost", "--commitment", "--json").stdout)
    assert (facts["machines"], facts["terms"][0]["savesPerMonth"]) == (0, 0)
    assert facts["terms"][0]["paysFromHours"] > 0


@pytest.mark.parametrize(("told", "said"), [({"idle_stop": "45m"}, True), ({}, False)])
def test_a_machine_that_stops_by_itself_costs_so_much_at_most(
    aws: FakeAws, ops: Ops, told: dict[str, str], *, said: bool
) -> None:
    deployed(aws, told)
    assert ("At most: the machine stops by itself when nobody uses it (idle_stop)" in ops("cost").stdout) == said


def test_an_https_address_costs_its_secret(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, {"https": "true"})
    lines = ops("cost").stdout.splitlines()
    assert lines[4].split() == ["secret", "of", "the", "HTTPS", "address", "$0.40", "$0.40"]
    assert lines[5].split() == ["together", "$19.21", "$5.19"]


def test_a_sign_in_costs_nothing_at_first(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, {"https": "true", "sign_in": "true"})
    lines = ops("cost").stdout.splitlines()
    assert lines[5].split() == ["sign-in,", "up", "to", "10,000", "people", "$0.00", "$0.00"]


def test_how_long_a_labs_budget_lasts(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, {"account": "lab"})
    result = ops("cost")
    assert "A lab's $50 last at this rate: running 80 days, stopped 317 days." in result.stdout
    assert "8 to 12 hours late, and a new session starts every machine again" in result.stdout
    deployed(aws, {"account": "lab"})
    assert json.loads(ops("cost", "--json").stdout)["daysOfLab"] == {"running": 80, "stopped": 317}


def test_elsewhere_no_budget_is_told(aws: FakeAws, ops: Ops) -> None:
    deployed(aws)
    assert "lab" not in ops("cost").stdout


def test_a_labs_budget_without_a_price(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, {"account": "lab"}, InstanceType="p5.48xlarge")
    assert "running unknown, stopped 317 days" in ops("cost").stdout


def test_a_machine_without_a_price_is_not_called_free(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, InstanceType="p5.48xlarge")
    result = ops("cost")
    assert "machine p5.48xlarge          unknown" in result.stdout
    assert "together                     unknown  $4.79" in result.stdout
    assert "`python -m ops cost --refresh` asks AWS" in result.stdout


def test_a_region_without_prices_knows_that(price_table: Path) -> None:
    lines = bill(read_prices("mars-north-1", price_table), "t4g.small", [Disk("gp3", 12)])
    assert total(lines).running is None
    assert per_day(lines) == {"running": None, "stopped": None}
    assert dollars(None) == "unknown"


def test_a_disk_of_another_kind_has_no_price_here(price_table: Path) -> None:
    lines = bill(read_prices(REGION, price_table), "t4g.small", [Disk("io2", 12)])
    assert lines[1].running is None


def test_every_price_of_the_table_has_a_date_and_a_source() -> None:
    table = json.loads(prices.TABLE.read_text())
    for region in table["regions"].values():
        assert region.keys() >= set(prices.OF_A_MACHINE)
        for price in region.values():
            assert date.fromisoformat(price["date"]) <= date.today()
            assert price["source"]
        assert "t4g.small" in region["instance_hour"]["usd"]
    for share in table["shares"].values():
        assert date.fromisoformat(share["date"]) <= date.today()
        assert share["source"]
        assert "derived" in share["about"]
        assert 0 < share["of_on_demand"] < 1


def product(usage_type: str, dollars: str, **reserved: str) -> str:
    terms = {"OnDemand": {"t": term(dollars)}}
    terms |= {"Reserved": {str(number): bought(*words.split(",")) for number, words in enumerate(reserved.values())}}
    return json.dumps({"product": {"attributes": {"usagetype": usage_type}}, "terms": terms})


def term(dollars: str) -> dict[str, Any]:
    return {"priceDimensions": {"d": {"pricePerUnit": {"USD": dollars}}}}


def bought(years: str, kind: str, option: str, dollars: str) -> dict[str, Any]:
    said = {"LeaseContractLength": years, "OfferingClass": kind, "PurchaseOption": option}
    return {"termAttributes": said, **term(dollars)}


def fields(**wanted: str) -> list[dict[str, str]]:
    return [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]


def price_list(aws: FakeAws, service: str, answer: list[str], **wanted: str) -> None:
    filters = fields(regionCode=REGION, **wanted)
    aws.expect("pricing", "get_products", {"PriceList": answer}, ServiceCode=service, Filters=filters)


def machine_price(aws: FakeAws, name: str, answer: list[str]) -> None:
    wanted = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
    price_list(aws, "AmazonEC2", answer, instanceType=name, **wanted)


def test_refresh_asks_aws_and_keeps_the_answer(aws: FakeAws, ops: Ops, price_table: Path) -> None:
    deployed(aws)
    machine_price(aws, "t4g.small", [product("EUC1-BoxUsage:t4g.small", "0.02")])
    disk = [product("EUC1-EBS:VolumeP-IOPS.gp3", "0.006"), product("EUC1-EBS:VolumeUsage.gp3", "0.1")]
    price_list(aws, "AmazonEC2", disk, productFamily="Storage", volumeApiName="gp3")
    price_list(
        aws, "AmazonVPC", [product("EUC1-NatGateway-Hours", "1"), product("EUC1-PublicIPv4:InUseAddress", "0.01")]
    )
    result = ops("cost", "--refresh", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["total"] == {"running": 23.1, "stopped": 8.5}
    kept = json.loads(price_table.read_text())
    assert kept["regions"].keys() == {"us-east-1", REGION}
    entry = kept["regions"][REGION]
    assert entry["instance_hour"]["usd"] == {"t4g.small": 0.02}
    assert entry["instance_hour"]["source"] == "AWS Price List API"
    assert entry["gp3_gb_month"]["date"] == str(date.today())


def test_a_rehearsed_refresh_writes_nothing(aws: FakeAws, ops: Ops, price_table: Path) -> None:
    before = price_table.read_text()
    deployed(aws)
    machine_price(aws, "t4g.small", [product("EUC1-BoxUsage:t4g.small", "0.02")])
    disk = [product("EUC1-EBS:VolumeUsage.gp3", "0.1")]
    price_list(aws, "AmazonEC2", disk, productFamily="Storage", volumeApiName="gp3")
    price_list(aws, "AmazonVPC", [product("EUC1-PublicIPv4:InUseAddress", "0.01")])
    result = ops("cost", "--refresh", "--dry-run")
    assert result.exit_code == 0
    assert "prices.json would be written" in result.stderr
    assert price_table.read_text() == before


def test_a_refresh_keeps_the_prices_that_it_does_not_ask(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, {"https": "true"})
    machine_price(aws, "t4g.small", [product("EUC1-BoxUsage:t4g.small", "0.02")])
    disk = [product("EUC1-EBS:VolumeUsage.gp3", "0.1")]
    price_list(aws, "AmazonEC2", disk, productFamily="Storage", volumeApiName="gp3")
    price_list(aws, "AmazonVPC", [product("EUC1-PublicIPv4:InUseAddress", "0.01")])
    told = ops("cost", "--refresh", "--dry-run").stdout
    assert told.splitlines()[4].split() == ["secret", "of", "the", "HTTPS", "address", "$0.40", "$0.40"]
    assert "unknown" not in told


def test_a_price_that_aws_lacks_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine()
    machine_price(aws, "t4g.small", [product("EUC1-Reservation:t4g.small", "0.02")])
    result = ops("cost", "--refresh")
    assert result.exit_code == 1
    assert "the AWS Price List API has no price for BoxUsage with eu-central-1, t4g.small" in result.stderr


def test_a_written_table_reads_back(price_table: Path) -> None:
    new = Prices("eu-west-1", {"t4g.small": 0.5}, 0.1, 0.01, ())
    write_prices(new, price_table)
    read = read_prices("eu-west-1", price_table)
    assert (read.instance_hour, read.gp3_gb_month, read.ipv4_hour) == ({"t4g.small": 0.5}, 0.1, 0.01)
    assert list(price_table.parent.iterdir()) == [price_table]


@pytest.mark.usefixtures("price_table", "full_disk")
def test_a_full_disk_leaves_the_table_and_no_draft(price_table: Path) -> None:
    before = price_table.read_text()
    with pytest.raises(OSError, match="File too large"):
        write_prices(Prices("eu-west-1", {}, 0.1, 0.01, ()), price_table)
    assert (price_table.read_text(), list(price_table.parent.iterdir())) == (before, [price_table])


def test_a_refresh_leaves_alone_what_it_has_not_asked_for(price_table: Path) -> None:
    shutil.copy(prices.TABLE, price_table)
    before = json.loads(price_table.read_text())["regions"]["us-east-1"]
    assert before.keys() > set(prices.OF_A_MACHINE)
    write_prices(Prices("us-east-1", {"t4g.small": 0.5}, 0.1, 0.01, ()), price_table)
    after = json.loads(price_table.read_text())["regions"]["us-east-1"]
    assert after["instance_hour"]["usd"] == {"t4g.small": 0.5}
    assert {name: after[name] for name in before if name not in prices.OF_A_MACHINE} == {
        name: before[name] for name in before if name not in prices.OF_A_MACHINE
    }
    assert not any("lambda" in source for source in read_prices("us-east-1", price_table).sources)
