"""What the docs say of settings and prices is what the code and the price table say."""

import json
import math
import re
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest

from data_compute.hours import Hours
from data_compute.limits import MOST_MACHINES
from facts.prices import HOURS_A_MONTH, TABLE, read_prices
from local_aws import outcome
from local_aws.cloud import Cloud
from local_aws.state import USUAL, State
from ops.cloud.costs import Disk, bill, dollars, total
from ops.cloud.deployment import Deployment
from ops.cloud.stack import Stack
from stacks.calculate_mean_settings import CalculateMeanSettings
from stacks.registry import SETTINGS
from stacks.setting import CHECKOUT
from tests.templates import Json, function_called

CALCULATE_MEAN = "tests/stacks/__snapshots__/test_snapshots/test_template[CalculateMean-default].json"
# What API Gateway counts as one call, what it takes at most, and about what a call writes into both logs.
METERED_BYTES = 512 * 1024
MOST_OF_AWS_BYTES = 10 * 1024 * 1024
LOGGED_BYTES = 1_000


@pytest.fixture(scope="module")
def costs(root: Path) -> str:
    return (root / "docs" / "costs.md").read_text(encoding="utf-8")


def table(page: str, first_cell: str) -> str:
    found = re.search(rf"^\| {re.escape(first_cell)} \|.*?\n(?=\n|$)", f"{page}\n", re.MULTILINE | re.DOTALL)
    assert found, f"there is no table that begins with | {first_cell} |"
    return found[0]


def written(*rows: tuple[str, ...]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def test_every_setting_is_there_as_it_is_declared(root: Path) -> None:
    page = (root / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [
        (f"`{name}`", f"`{declared.default}`" if declared.default else "none", declared.help)
        for name, declared in SETTINGS.items()
    ]
    wanted = written(("setting", "default", "what it does"), ("---", "---", "---"), *rows)

    assert table(page, "setting") == wanted, f"docs/settings.md has another table of settings; the lines are\n{wanted}"


def test_how_large_a_fleet_may_be_is_told(root: Path) -> None:
    limit = f"{MOST_MACHINES} at most"
    assert limit in SETTINGS["machines"].help
    assert limit in (root / "docs" / "fleet.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "docs/describe.md", "examples/README.md"])
def test_invocations_are_for_the_virtual_environments_aws(root: Path, name: str) -> None:
    """Version 1, which knows no such option; each page says that version 2 wants it."""
    page = (root / name).read_text(encoding="utf-8")
    assert len(re.findall(r"version 2\b.* wants `--cli-binary-format raw-in-base64-out` as well", page)) == 1
    assert page.count("--cli-binary-format") == 1


def test_what_make_up_prints(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.search(r"^Up after 15 s.*?(?=^```)", (root / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert shown
    said = dict(re.findall(r"^  (\S[\w ]+?)  +(\S.*)$", shown[0], re.M))
    outputs = {
        "CalculateMean": {"ApiUrl": said["The function"], "FunctionName": "calculate_mean"},
        "Streamlit": {"StreamlitUrl": said["The page"]},
    }
    now = datetime.now(UTC)
    stacks = {
        name: Stack(name, name, "CREATE_COMPLETE", "", texts, now, now, protected=False, copy="main")
        for name, texts in outputs.items()
    }
    beside = [(label, said[label]) for label in ("Copies up", "Machine")]
    monkeypatch.setattr("local_aws.inventory.rows_beside", lambda *_: beside)
    monkeypatch.setattr("sys.executable", str(CHECKOUT / ".venv/bin/python"))

    outcome.tell_where(Cloud(State(USUAL), Mock(), 4566), Deployment(stacks, "main"), {}, 15)

    assert capsys.readouterr().out.strip() == shown[0].strip()


@pytest.fixture(scope="module")
def usd() -> dict[str, float]:
    prices = json.loads(TABLE.read_text(encoding="utf-8"))["regions"]["us-east-1"]
    return {name: price["usd"] for name, price in prices.items() if name != "instance_hour"}


@pytest.fixture(scope="module")
def function(root: Path) -> Json:
    """Give what the function is, as it was reviewed."""
    return function_called(json.loads((root / CALCULATE_MEAN).read_text()), "calculate_mean")


def calls() -> int:
    return CalculateMeanSettings.read({}).rate_limit * 3600 * HOURS_A_MONTH


def test_the_worst_month_of_the_api(root: Path, costs: str, usd: dict[str, float], function: Json) -> None:
    limits = (root / "lambda_src" / "calculate_mean" / "numbers_given.py").read_text(encoding="utf-8")
    most_bytes = re.search(r"^MOST_BODY_BYTES = ([\d_]+)$", limits, re.MULTILINE)
    found = table(costs, "the API's worst month")
    slowest = re.search(r"the slowest that is accepted, 1 MB and (\d+) s", found)
    assert most_bytes
    assert slowest
    durations = [int(slowest[1]), function["Timeout"]]
    gateway = [
        calls() / 1e6 * math.ceil(largest / METERED_BYTES) * usd["http_api_million"]
        for largest in (int(most_bytes[1]), MOST_OF_AWS_BYTES)
    ]
    requests = calls() / 1e6 * usd["lambda_million"]
    computing = [
        calls() * seconds * function["MemorySize"] / 1024 * usd["lambda_arm_gb_second"] for seconds in durations
    ]
    logs = calls() * LOGGED_BYTES / 1e9 * usd["log_gb"]
    lines = {
        f"API Gateway, ${usd['http_api_million']:.2f} a million, each 512 KB a call": gateway,
        f"Lambda's calls, ${usd['lambda_million']:.2f} a million": [requests] * 2,
        f"Lambda, {function['MemorySize']} MB at ${usd['lambda_arm_gb_second']:.10f} a gigabyte and second": computing,
        f"logs, about {LOGGED_BYTES / 1000:.0f} kB a call at ${usd['log_gb']:.2f} a gigabyte": [logs] * 2,
    }
    sums = [f"**${sum(column):.2f}**" for column in zip(*lines.values(), strict=True)]
    wanted = written(
        (
            "the API's worst month",
            f"each call the slowest that is accepted, 1 MB and {durations[0]} s",
            f"at the very most: 10 MB and {durations[1]} s each",
        ),
        ("---", "---:", "---:"),
        *((line, *(f"${amount:.2f}" for amount in amounts)) for line, amounts in lines.items()),
        ("**a month**", *sums),
    )

    assert found == wanted, f"docs/costs.md has another table of the worst month; the lines are\n{wanted}"
    readme = " ".join((root / "README.md").read_text(encoding="utf-8").split())
    slow, most = (amount.strip("*") for amount in sums)
    assert f"is {slow} if every call is the slowest that is accepted, and {most} at the very most" in readme


def test_what_is_said_around_the_worst_month(costs: str, usd: dict[str, float]) -> None:
    rate = CalculateMeanSettings.read({}).rate_limit
    small_calls = usd["http_api_million"] + usd["lambda_million"] + LOGGED_BYTES / 1000 * usd["log_gb"]

    assert f"at the default `rate_limit`, {rate} a second are {calls() / 1e6:.1f} million calls" in " ".join(
        costs.split()
    )
    assert f"`GET` would add about ${calls() / 1e6 * small_calls:.0f}" in " ".join(costs.split())
    assert f"calls of the API cost ${usd['http_api_million'] + usd['lambda_million']:.2f} and" in costs


def test_what_a_machine_costs_that_does_not_always_run(costs: str) -> None:
    found = table(costs, "t4g.small, its address and its disk")
    prices = read_prices("us-east-1")
    always = total(bill(prices, "t4g.small", [Disk("gp3", 12)]))
    told = re.findall(r'`OFFICE_HOURS="(.+?)"`, (\d+) hours a week \| \$([\d.]+) \|', found)

    assert len(told) == 2
    for text, a_week, usd in told:
        hours = Hours.read(text)
        assert f"{hours.a_week:g}" == a_week
        assert dollars(total(bill(prices, "t4g.small", [Disk("gp3", 12)], hours)).running) == f"${usd}"
    assert f"| always | {dollars(always.running)} |\n" in found
    assert f"| stopped | {dollars(always.stopped)} |\n" in found
