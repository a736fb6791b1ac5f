"""open starts a browser, for a page that answers."""

import webbrowser

import pytest

from tests.ops.fake_aws import FakeAws, Ops
from tests.ops.fake_page import answering


def test_the_browser_gets_the_page(aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)  # type: ignore[func-returns-value]
    with answering(200) as page:
        aws.deployment(page=page.url)
        result = ops("open")
    assert (result.exit_code, opened) == (0, [page.url])


def test_a_page_that_fails_is_not_opened(aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda url: pytest.fail(f"opened {url}"))
    with answering(500) as page:
        aws.deployment(page=page.url)
        result = ops("open")
    assert result.exit_code == 1
    assert "it answers with an error (HTTP 500). `python -m ops doctor`" in result.stderr


def test_a_laptop_without_a_browser_gets_the_address(aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    with answering(200) as page:
        aws.deployment(page=page.url)
        result = ops("open")
    assert result.exit_code == 1
    assert f"open {page.url} yourself" in result.stderr
