"""What is said of a boot, given the end of its log."""

import re
from pathlib import Path

import pytest

from data_compute.machine.contract import read_contract
from ops.cloud.boot_log import UP, why_not_up
from ops.cloud.probe import PAGE_HEALTH

GOOD = ["boot: 03:00:01 starting the app", "boot: 03:00:09 the page answers on port 8501"]


@pytest.mark.parametrize(
    "lines",
    [
        ["boot: the app's last lines:", "ImportError: no sklearn", "boot: failed: the app's script raised an error"],
        ["fatal error: Forbidden", "boot: could not fetch s3://assets/app.zip"],
        ["boot: 03:00:01 installing the app's requirements"],
        ["the page answers on port 8501, says the app", "boot: failed: the server ended as soon as it started"],
    ],
)
def test_a_boot_that_failed_is_shown_with_its_machine(lines: list[str]) -> None:
    said = why_not_up({"i-0fa11/boot": lines})
    assert said.splitlines() == ["machine i-0fa11 did not come up. Its boot log ends so:", *lines]


def test_a_boot_that_went_well_is_not_shown() -> None:
    assert why_not_up({"i-1/boot": GOOD, "i-2/boot": [*GOOD, "", " "]}) == ""


def test_a_boot_that_left_nothing_is_not_shown() -> None:
    assert why_not_up({}) == ""
    assert why_not_up({"i-1/boot": [], "i-2/boot": [" "]}) == ""


def test_of_two_boots_the_one_that_failed_is_shown() -> None:
    said = why_not_up({"i-good/boot": GOOD, "i-bad/boot": ["boot: failed: x"]})
    assert "i-bad" in said
    assert "i-good" not in said


def test_the_last_words_are_those_of_the_boot_script(root: Path) -> None:
    boot = root / "constructs/data_compute/machine/boot"
    main = re.search(r"^main\(\) \{\n(.*?)^\}", (boot / "boot.sh").read_text(), re.M | re.S)
    assert main
    last = main[1].strip().splitlines()[-1].strip()
    assert last == 'step "$CLOSING_LINE $PORT"'
    closing = read_contract(boot)["CLOSING_LINE"]
    assert UP.match(f"boot: 03:00:09 {closing} 8501")


def test_the_table_of_exit_codes_is_the_contracts(root: Path) -> None:
    library = root / "constructs/data_compute"
    words = read_contract(library / "machine/boot") | read_contract(library / "page/unit")
    page = (root / "docs" / "when-a-boot-fails.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (.*) \|$", page, re.M)

    assert dict(rows) == {name[-1]: words[name] for name in words if name.startswith("EXIT_")}


def test_ops_asks_for_the_health_that_the_page_names(root: Path) -> None:
    assert read_contract(root / "constructs/data_compute/page/unit")["HEALTH_PATH"] == PAGE_HEALTH
