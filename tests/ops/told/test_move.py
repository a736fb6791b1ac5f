"""The move between one machine and a fleet says, before it is made, what it changes."""

import pytest

from ops import with_settings
from ops.cloud.clients import Aws
from ops.cloud.here import Here
from ops.told.move import note_move
from tests.ops.fake_aws import PAGE, FakeAws, Ops
from tests.ops.fake_fleet import BOTH, FakeFleet
from tests.ops.recorded import Recorded

FLEET = {"machines": "2-4"}


pytestmark = pytest.mark.usefixtures("price_table")


def said(here: Here, capsys: pytest.CaptureFixture[str], deployed: dict[str, str], wanted: dict[str, str]) -> str:
    note_move(here, deployed, wanted)
    return capsys.readouterr().err


def test_to_a_fleet(aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    aws.deployment()
    assert said(here, capsys, {"port": "8501"}, FLEET) == (
        "the page moves from one machine to a fleet of 2 to 4, and what is deployed beside it stays. Its address ends, "
        f"{PAGE}: the deploy prints the new one, StreamlitUrl, for whoever has the old. It costs $66.94 to $106.47 a "
        "month, $17.67 until now, disks and traffic not counted\n"
    )


def test_back_to_one_machine(aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    aws.deployment()
    told = said(here, capsys, FLEET | {"spot": "true"}, {"machines": "1"})
    assert told.startswith("the page moves from a fleet of 2 to 4 to one machine")
    assert "It costs $17.67 a month, $57.84 to $79.15 until now" in told


def test_an_https_address_stays(aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    aws.deployment(page="https://d1.cloudfront.net")
    told = said(here, capsys, {"https": "true"}, FLEET | {"https": "true"})
    assert "Its address stays, https://d1.cloudfront.net. It costs $67.34 to $106.87 a month, $18.07 until" in told


@pytest.mark.parametrize(
    ("deployed", "wanted"), [({}, FLEET), (FLEET, {"machines": "3-6"}), ({"port": "8501"}, {"machines": ""})]
)
def test_what_is_no_move_asks_nothing(
    here: Here, capsys: pytest.CaptureFixture[str], deployed: dict[str, str], wanted: dict[str, str]
) -> None:
    assert said(here, capsys, deployed, wanted) == ""


def test_a_page_that_is_not_there_yet_does_not_move(
    aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.nothing_deployed()
    assert said(here, capsys, {"account": "lab"}, FLEET) == ""


def test_a_deploy_says_it_before(
    aws: FakeAws, fleet: FakeFleet, ops: Ops, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.verbs.deploy.offer_removal", lambda *_, **__: None)
    aws.told(FLEET)
    fleet.deployment()
    fleet.group(*BOTH)
    fleet.deployment()
    result = ops("deploy", "--yes", "--", *recorded.command("deploy"))
    assert result.exit_code == 0
    assert "the page moves from a fleet of 2 to 4 to one machine" in result.stderr


def test_a_diff_says_it_too(aws: FakeAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr("os.execvp", lambda _, words: ran.append(words))
    monkeypatch.setattr(with_settings, "say_which_aws", lambda _: None)
    monkeypatch.setattr(Aws, "hand_over", lambda _: False)
    monkeypatch.setenv("MAKE_GIVEN", "")
    aws.told(FLEET)
    aws.deployment()
    with_settings.main(["--aws", "cdk", "diff"])
    assert ran == [["cdk", "diff"]]
    assert "the page moves from a fleet of 2 to 4 to one machine" in capsys.readouterr().err
