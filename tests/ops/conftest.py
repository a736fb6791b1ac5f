"""AWS and the command line, for tests."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from typer.testing import CliRunner, Result

from facts.prices import read_prices, write_prices
from ops import with_settings
from ops.__main__ import app
from ops.answers import questions
from ops.answers.output import age
from ops.checks import Check
from ops.cloud import boot_watch, fleet_view, probe, situation, survey
from ops.cloud.clients import Aws
from ops.cloud.here import Here
from ops.told import leftovers, move
from ops.verbs import all_copies, cost, deploy, destroy
from stacks import registry
from stacks.copy_settings import MAIN, CopySettings
from tests.ops.fake_aws import ASKED, HOUR_AGO, FakeAws, Ops
from tests.ops.fake_fleet import FakeFleet
from tests.ops.recorded import Recorded
from tests.ops.rights import documented

# The command line with its nineteen verbs is built once, not for each of four hundred tests that run it.
typer.testing._get_command = cache(typer.testing._get_command)  # type: ignore[attr-defined]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    fake = FakeAws()

    def client(_: Aws, service: str, region: str | None = None) -> Any:
        return fake.client(service, region)

    monkeypatch.setattr(Aws, "client", client)
    ASKED.clear()
    yield fake
    fake.end()
    # Nobody's identity needs a right.
    rights = set().union(*documented().values(), {"sts:GetCallerIdentity"})
    assert rights >= ASKED, "docs/security.md names no such right"


@pytest.fixture
def fleet(aws: FakeAws) -> FakeFleet:
    return FakeFleet(aws)


@pytest.fixture
def here(aws: FakeAws) -> Here:
    assert aws  # stands behind Aws.client
    return Here(Aws(), MAIN, json=False)


@pytest.fixture(autouse=True)
def which_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be known which AWS is meant, and bootstrapped: a module that is about that has a fixture of this name."""
    for module in (deploy, destroy):
        monkeypatch.setattr(module, "say_which_aws", lambda _: None)
    monkeypatch.setattr(deploy, "check_bootstrap", lambda *_: Check("Bootstrap", True, ""))


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give pages on this laptop a minute to answer: other work on the machine must not look like silence."""
    ask = probe.ask

    def patient(url: str, timeout: float) -> probe.Answer:
        return ask(url, max(timeout, 60))

    monkeypatch.setattr(probe, "ask", patient)


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock, however long other tests took since HOUR_AGO was an hour ago."""
    for module in (situation, fleet_view):
        monkeypatch.setattr(module, "age", partial(age, now=HOUR_AGO + timedelta(hours=1)))


@pytest.fixture
def price_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work with a small table of its own: the real one changes with the prices."""
    origin = {"date": "2026-11-01", "source": "a list"}
    region = {
        "instance_hour": {**origin, "usd": {"t4g.small": 0.0192}},
        "gp3_gb_month": {**origin, "usd": 0.0952},
        "ipv4_hour": {**origin, "usd": 0.005},
        "secret_month": {**origin, "usd": 0.4},
        "load_balancer_hour": {**origin, "usd": 0.027},
        "metric_month": {**origin, "usd": 0.3},
    }
    path = tmp_path / "prices.json"
    shares = {
        name: {**origin, "about": "derived", "of_on_demand": share}
        for name, share in (("spot", 0.35), ("committed_1", 0.625), ("committed_3", 0.43))
    }
    regions = {"us-east-1": region, "eu-central-1": region}
    path.write_text(json.dumps({"about": "prices", "shares": shares, "regions": regions}))
    for module in (all_copies, cost, move, survey):
        monkeypatch.setattr(module, "read_prices", lambda name: read_prices(name, path))
    monkeypatch.setattr(cost, "write_prices", lambda new: write_prices(new, path))
    return path


@pytest.fixture(autouse=True)
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what copies were told in a folder of the test's own."""
    folder = tmp_path / "copies"
    monkeypatch.setenv("DATA_COMPUTE_COPIES", str(folder))
    return folder


@pytest.fixture
def third_stack(monkeypatch: pytest.MonkeyPatch) -> str:
    """Register one more stack, as somebody does who adds one."""
    monkeypatch.setattr(registry, "ALL_STACKS", {**registry.ALL_STACKS, "Report": CopySettings})
    return "Report"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is typed come from a terminal."""
    for module in (questions, leftovers, deploy, with_settings):
        monkeypatch.setattr(module, "is_terminal", lambda: True)


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Stand in for the CDK, while nobody looks for boot logs."""
    monkeypatch.setattr(boot_watch.BootWatch, "look", lambda _: None)
    return Recorded(tmp_path)


@pytest.fixture
def ops() -> Ops:
    """Run ``python -m ops`` with these arguments."""

    def run(*arguments: str, typed: str | None = None) -> Result:
        ASKED.clear()
        result = CliRunner().invoke(app, list(arguments), input=typed)
        rights = documented().get(arguments[0], set()) | {"sts:GetCallerIdentity"}
        assert rights >= ASKED, f"docs/security.md names no such right of {arguments[0]}"
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "should not have happened" not in result.stderr
        return result

    return run
