"""A real browser opens the page that `up` serves, and uses each page of the app."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.local_aws.checkout import Checkout

pytestmark = pytest.mark.system

# Debian's; elsewhere playwright brings its own.
CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


def launch(playwright: Playwright, *arguments: str, home: Path | None = None) -> Browser:
    """Start a browser, with a home of its own if it is to trust somebody."""
    path = CHROMIUM if CHROMIUM.exists() else Path(playwright.chromium.executable_path)
    if not path.exists():
        pytest.skip("needs Chromium: `apt-get install chromium`, or `playwright install chromium`")
    environment: dict[str, str | float | bool] | None = {**os.environ, "HOME": str(home)} if home else None
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *arguments], env=environment)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, up: Checkout) -> Iterator[Page]:
    """Open the page, and fail if anything was fetched from elsewhere or went wrong in the browser."""
    url = up.deployed().page_url
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    elsewhere: list[str] = []
    problems: list[str] = []
    opened.on("request", lambda request: elsewhere.append(request.url) if _is_elsewhere(request.url, url) else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.goto(url)
    yield opened
    expect(opened.get_by_test_id("stException")).to_have_count(0)
    context.close()
    assert elsewhere == []
    assert problems == []


def _is_elsewhere(asked: str, url: str) -> bool:
    return urlsplit(asked).scheme in ("http", "https", "ws", "wss") and urlsplit(asked).netloc != urlsplit(url).netloc


def test_welcome_shows_a_data_set(page: Page) -> None:
    expect(page.get_by_role("heading", name="Welcome to Data compute")).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text("API configured")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Show data: Scatter plot"))).to_be_attached()


def test_mean_comes_from_the_deployed_function(page: Page) -> None:
    page.get_by_role("link", name="Mean", exact=True).click()
    numbers = page.get_by_role("textbox", name="Numbers")
    expect(numbers).to_be_visible()
    numbers.fill("0.1, 0.1, 0.1, 0.5")
    page.get_by_role("button", name="Calculate the mean").click()
    mean = page.get_by_test_id("stMetric").filter(has_text=re.compile("^.*Mean"))
    expect(mean.get_by_test_id("stMetricValue")).to_have_text("0.2")


def test_a_forest_grows_and_predicts(page: Page) -> None:
    page.get_by_role("link", name="Random forest", exact=True).click()
    expect(page.get_by_role("heading", name="Random forest", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("Grow")).click()
    accuracy = page.get_by_test_id("stMetric").filter(has_text="Accuracy")
    expect(accuracy.get_by_test_id("stMetricValue")).to_have_text(re.compile(r"\d+\.\d%"))
    expect(page.get_by_test_id("stMetric").filter(has_text="Predicted")).to_be_visible()
