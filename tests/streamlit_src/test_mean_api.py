"""The API's client against a real server, well and in every way it can fail."""

from __future__ import annotations

import json
import socket

import mean_api
import pytest

from tests.streamlit_src.conftest import FakeApi


def problem_with(url: str, numbers: list[int | float] | None = None, timeout_s: float = 5) -> str:
    with pytest.raises(mean_api.MeanApiError) as problem:
        mean_api.ask_for_mean(numbers or [1, 2], url, timeout_s)
    return str(problem.value)


def test_asks_and_answers(api: FakeApi) -> None:
    answer = mean_api.ask_for_mean([1, -5, 0, 33], api.url)
    assert (answer.mean, answer.count) == (7.25, 4)
    assert answer.milliseconds > 0
    assert api.asked == [("POST", "application/json", b'{"nums":[1,-5,0,33]}')]


def test_measures_the_latency(api: FakeApi) -> None:
    api.delay_s = 0.1
    assert 100 <= mean_api.ask_for_mean([1], api.url).milliseconds < 5000


def test_sends_integers_and_doubles_exactly(api: FakeApi) -> None:
    mean_api.ask_for_mean([9007199254740993, 0.1], api.url)
    assert api.asked[0][2] == b'{"nums":[9007199254740993,0.1]}'


def test_shows_the_apis_own_message(api: FakeApi) -> None:
    api.refuse(422, {"error": {"code": "not_a_number", "message": "Item 2 is *true*. Send a number."}})
    assert problem_with(api.url) == r"Item 2 is \*true\*. Send a number. (HTTP 422, `not_a_number`)"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "who calls"),
        (403, "does not let this page in"),
        (404, "no API at this address"),
        (413, "too large"),
        (418, "did not answer with a mean"),
        (429, "busy"),
        (500, "failed on its side"),
        (503, "not available"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>oops</html>", b"null", b"[]", b'{"error": 5}', b'{"error": {}}'])
def test_puts_a_bare_status_into_words(api: FakeApi, status: int, words: str, body: bytes) -> None:
    api.status, api.body = status, body
    message = problem_with(api.url)
    assert words in message
    assert f"(HTTP {status})" in message


def test_quotes_the_gateways_own_message(api: FakeApi) -> None:
    api.refuse(404, {"message": "Not Found"})
    message = problem_with(api.url)
    assert "CALCULATE_MEAN_URL ends in /calculate_mean" in message
    assert message.endswith("(HTTP 404, `Not Found`)")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"true", b"null", b'"2.0"', b"[2.0]", b"NaN", b"Infinity", b"\xff", b"[" * 60_000]
)
def test_an_answer_that_is_no_number(api: FakeApi, body: bytes) -> None:
    api.body = body
    assert "not with a number" in problem_with(api.url)


def test_does_not_follow_a_redirect(api: FakeApi) -> None:
    api.status, api.body, api.headers = 302, b"", {"Location": api.url}
    assert "(HTTP 302)" in problem_with(api.url)
    assert len(api.asked) == 1


def test_nobody_listens(closed_url: str) -> None:
    assert "Nobody answers at `127.0.0.1:" in problem_with(closed_url)


def test_too_slow(api: FakeApi) -> None:
    api.delay_s = 30
    assert "did not answer within 0.2 seconds" in problem_with(api.url, timeout_s=0.2)


def test_hangs_up(api: FakeApi) -> None:
    api.hang_up = True
    assert "broke the connection off" in problem_with(api.url)


@pytest.mark.parametrize("status", [200, 500])
def test_stops_in_the_middle(api: FakeApi, status: int) -> None:
    api.status, api.body, api.promised_length = status, b"2.", 10
    words = "broke the connection off" if status == 200 else "failed on its side"
    assert words in problem_with(api.url)


def test_no_such_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "no machine called `api.example`" in problem_with("http://api.example/calculate_mean")


def test_not_a_tls_server(api: FakeApi) -> None:
    assert "not trusted" in problem_with(api.url.replace("http://", "https://"))


@pytest.mark.parametrize("url", ["ftp://example.org/x", "file:///etc/passwd", "example.org", "/calculate_mean"])
def test_only_http(url: str) -> None:
    assert "must start with http:// or https://" in problem_with(url)


@pytest.mark.parametrize("url", ["http://", "http://127.0.0.1:x/", "http://a b/", "http://[::1/"])
def test_not_a_url(url: str) -> None:
    assert "not a proper URL" in problem_with(url)


def test_too_many_numbers(api: FakeApi) -> None:
    assert "100,001 numbers, and the API takes at most 100,000" in problem_with(api.url, [0] * 100_001)
    assert api.asked == []


def test_too_many_bytes(api: FakeApi) -> None:
    assert "request of 1.80 MB" in problem_with(api.url, [-0.12345678901234] * 100_000)
    assert api.asked == []


def test_a_request_of_the_largest_size_is_sent(api: FakeApi) -> None:
    api.body = b"7.0"
    assert mean_api.ask_for_mean([1234567] * 100_000, api.url).count == 100_000
    assert len(json.loads(api.asked[0][2])["nums"]) == 100_000


@pytest.mark.parametrize(
    ("environment", "url"),
    [({}, None), ({"CALCULATE_MEAN_URL": "  "}, None), ({"CALCULATE_MEAN_URL": " http://a/b "}, "http://a/b")],
)
def test_the_url_comes_from_the_environment(environment: dict[str, str], url: str | None) -> None:
    assert mean_api.configured_url(environment) == url
