"""No visitor can make the log grow without bound."""

from __future__ import annotations

import io
import logging
import sys
from pathlib import Path

import log_budget
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.streamlit_src.real_page import Visitor, running_page


class Clock:
    """Time that passes when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def stream(clock: Clock, written: io.StringIO) -> log_budget.BudgetedStream:
    return log_budget.BudgetedStream(written, log_budget.Budget(clock))


def test_writes_what_fits(stream: log_budget.BudgetedStream, written: io.StringIO) -> None:
    print("one", "two", file=stream)
    stream.writelines(["three\n", "four\n"])
    assert written.getvalue() == "one two\nthree\nfour\n"
    assert not stream.isatty()


def test_a_flood_stops_at_the_budget_and_is_counted_later(
    stream: log_budget.BudgetedStream, written: io.StringIO, clock: Clock
) -> None:
    for _ in range(100_000):
        stream.write("bad input\n" * 10)
    assert len(written.getvalue()) <= log_budget.BURST_BYTES
    before = len(written.getvalue())
    clock.now += log_budget.BURST_BYTES / log_budget.BYTES_A_SECOND
    stream.write("all is well\n")
    said = written.getvalue()[before:].splitlines()
    assert said == ["… and 974,400 more lines: the log's budget was used up.", "all is well"]


def test_a_flood_without_end_is_bounded_by_time(
    stream: log_budget.BudgetedStream, written: io.StringIO, clock: Clock
) -> None:
    for second in range(3_600):
        clock.now = float(second)
        for _ in range(50):
            stream.write("ü" * 1_000 + "\n")
    assert len(written.getvalue().encode()) <= log_budget.BURST_BYTES + 3_600 * log_budget.BYTES_A_SECOND


def test_what_logged_before_is_on_the_budget_too(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = io.StringIO()
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", errors)
    logger = logging.getLogger("tests.log_budget")
    handler = logging.StreamHandler()
    monkeypatch.setattr(logger, "handlers", [handler])
    log_budget.install()
    assert isinstance(handler.stream, log_budget.BudgetedStream)
    for _ in range(400):
        logger.error("x" * 1_000)
        print("x" * 1_000, file=sys.stderr)
    assert 200_000 < len(errors.getvalue()) <= log_budget.BURST_BYTES


# What each leads to: too long for int(), too large, unreadable, and text that Markdown or a terminal takes for its own.
BAD_TEXTS = [
    "0" * 5000 + "7",
    "9" * 5000,
    "1e999999",
    "nan",
    "\0",
    "\x1b[31m",
    "٣" * 5000,
    "[x](y)$",
    ",,",
    "1 " * 200_000,
]


@pytest.mark.system
def test_bad_input_is_told_on_the_page_and_a_flood_leaves_the_log_small(tmp_path: Path) -> None:
    # For each stranger Streamlit asks the internet who it is itself, and serves nobody meanwhile.
    nowhere = "http://127.0.0.1:9"
    with running_page(tmp_path, http_proxy=nowhere, https_proxy=nowhere) as page:
        address = f"ws://127.0.0.1:{page.port}/_stcore/stream"
        with Visitor(page) as visitor:
            visitor.run()
            visitor.run("mean")
            for text in BAD_TEXTS:
                visitor.run("mean", **{visitor.text_area: text})
            assert "Traceback" not in page.log.read_text()
        for _ in range(100):  # a line of 8,000 bytes each, which Streamlit writes
            with pytest.raises(InvalidStatus), connect(address, origin=Origin(f"http://{'x' * 7_900}")):
                pass
        assert 200_000 < page.log.stat().st_size < log_budget.BURST_BYTES + 100_000
