"""The laptop's address, asked of a server that stands in for checkip.amazonaws.com."""

import json
import threading

import pytest

from ops import my_ip as module
from ops.my_ip import AddressUnknownError, main, my_ip, replace_my_ip
from ops.verbs import my_ip as verb
from tests.ops.fake_aws import Ops
from tests.ops.fake_page import answering


@pytest.mark.parametrize(
    ("answer", "cidr"), [("203.0.113.7\n", "203.0.113.7/32"), ("2001:db8::7\n", "2001:db8::7/128")]
)
def test_an_address_becomes_a_cidr_of_itself(answer: str, cidr: str) -> None:
    with answering(200, body=answer) as service:
        assert my_ip(service.url) == cidr


def test_only_my_ip_is_replaced() -> None:
    with answering(200, body="203.0.113.7") as service:
        assert (
            replace_my_ip("10.0.0.0/8, my-ip,pl-123,my-ip", service.url)
            == "10.0.0.0/8,203.0.113.7/32,pl-123,203.0.113.7/32"
        )


@pytest.mark.parametrize("sources", ["world", "", "10.0.0.0/8, pl-1", "not-my-ip", "my-ip-2"])
def test_what_names_no_my_ip_passes_unchanged_and_asks_nobody(sources: str) -> None:
    assert replace_my_ip(sources, "http://127.0.0.1:9/never-asked") == sources


def test_a_page_that_is_no_address_is_refused() -> None:
    with (
        answering(200, body="<html>Welcome to the hotel") as service,
        pytest.raises(AddressUnknownError, match="no address"),
    ):
        my_ip(service.url)


def test_an_error_status_is_told() -> None:
    with answering(503) as service, pytest.raises(AddressUnknownError, match="could not ask"):
        my_ip(service.url)


def test_a_silent_server_is_given_up() -> None:
    with (
        answering(200, body="203.0.113.7", held_back=threading.Event()) as service,
        pytest.raises(AddressUnknownError, match="timed out"),
    ):
        my_ip(service.url, timeout=0.2)


def test_the_command_prints_the_sources(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with answering(200, body="203.0.113.7") as service:
        monkeypatch.setattr(module, "CHECK_IP", service.url)
        assert main(["my-ip,pl-1"]) == 0
    assert capsys.readouterr().out == "203.0.113.7/32,pl-1\n"


def test_the_command_fails_in_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with answering(200) as service:
        gone = service.url
    monkeypatch.setattr(module, "CHECK_IP", gone)
    assert main(["my-ip"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Connection refused" in printed.err
    assert "name the address yourself" in printed.err


@pytest.mark.parametrize("arguments", [[], ["my-ip", "pl-1"]])
def test_the_command_wants_one_argument(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def test_the_verb(ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, body="203.0.113.7") as service:
        monkeypatch.setattr(verb, "ask", lambda: my_ip(service.url))
        assert ops("my-ip").stdout == "203.0.113.7/32\n"
        assert json.loads(ops("my-ip", "--json").stdout) == {"cidr": "203.0.113.7/32"}
    result = ops("my-ip")
    assert result.exit_code == 1
    assert "name the address yourself" in result.stderr
