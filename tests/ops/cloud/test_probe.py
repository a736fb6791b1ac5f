"""How the page and the API are, asked for real."""

import threading

import pytest

from ops.cloud import probe
from ops.cloud.probe import Answer, ask, ask_api, ask_page, host_and_port, page_is_silent
from tests.ops.fake_page import answering


def test_a_page_that_answers() -> None:
    with answering(200) as page:
        health = ask_page(f"{page.url}/")
    assert (health.ok, health.answered, health.words) == (True, True, "answers")
    assert page.asked[0][1] == "/_stcore/health"


def test_a_page_that_answers_with_an_error() -> None:
    with answering(503) as page:
        health = ask_page(page.url)
    assert (health.ok, health.answered, health.words) == (False, True, "it answers with an error (HTTP 503)")


@pytest.mark.parametrize(
    ("status", "body", "ok", "words"),
    [
        (200, "2.0", True, "answers"),
        (200, "3.0", False, "the mean of 1, 2 and 3 is '3.0'"),
        (200, "<html>", False, "is '<html>'"),
        (500, "", False, "answers with an error (HTTP 500)"),
    ],
)
def test_an_api_is_judged_by_its_answer(status: int, body: str, ok: bool, words: str) -> None:
    with answering(status, body=body) as api:
        health = ask_api(f"{api.url}/calculate_mean")
    assert health.ok is ok
    assert words in health.words
    assert api.asked[0][1] == "/calculate_mean?nums=1,2,3"


def test_silence_and_hanging_up() -> None:
    with answering(None) as page:
        assert not ask_page(page.url).answered
        assert page_is_silent(page.url)
    assert ask_page(page.url).words == "nothing listens there"
    assert page_is_silent(page.url)


def test_a_page_that_takes_too_long() -> None:
    with answering(200, held_back=threading.Event()) as page:
        answer = ask(page.url, 0.05)
    assert (answer.status, answer.text) == (0, "no answer within 0.05 s")


@pytest.mark.parametrize(("status", "silent"), [(200, False), (403, True), (500, False), (503, True)])
def test_who_answers_before_a_page_is_not_the_page(monkeypatch: pytest.MonkeyPatch, status: int, silent: bool) -> None:
    monkeypatch.setattr(probe, "ask", lambda *_: Answer(status, "", 1.0))
    assert page_is_silent("https://page.cloudfront.net") is silent
    assert not page_is_silent("http://203.0.113.5:8501")


def test_a_page_that_fails_is_not_silent() -> None:
    with answering(500) as page:
        assert not page_is_silent(page.url)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://203.0.113.5:8501", "203.0.113.5", 8501),
        ("https://x.example/path", "x.example", 443),
        ("http://[::1]:80/", "::1", 80),
        ("", "", 80),
    ],
)
def test_host_and_port(url: str, host: str, port: int) -> None:
    assert host_and_port(url) == (host, port)
