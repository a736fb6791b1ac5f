"""The laptop's address, asked of a server that stands in for checkip.amazonaws.com."""

import json
import threading

import pytest

from ops.cloud import my_ip as module
from ops.cloud.my_ip import AddressUnknownError, my_ip, replace_my_ip
from ops.verbs import my_ip as verb
from tests.ops.fake_aws import Ops
from tests.ops.fake_page import answering


@pytest.mark.parametrize(
    ("answer", "cidr"), [("1.2.3.4\n", "1.2.3.4/32"), ("1.2.3.4\r\n", "1.2.3.4/32"), ("2600::7\n", "2600::7/128")]
)
def test_an_address_becomes_a_cidr_of_itself(answer: str, cidr: str) -> None:
    with answering(200, body=answer) as service:
        assert my_ip(service.url) == cidr


def test_only_my_ip_is_replaced() -> None:
    with answering(200, body="1.2.3.4") as service:
        assert replace_my_ip("10.0.0.0/8, my-ip,pl-123,my-ip", service.url) == "10.0.0.0/8,1.2.3.4/32,pl-123,1.2.3.4/32"


@pytest.mark.parametrize("sources", ["world", "", "10.0.0.0/8, pl-1", "not-my-ip", "my-ip-2"])
def test_what_names_no_my_ip_passes_unchanged_and_asks_nobody(sources: str) -> None:
    assert replace_my_ip(sources, "http://127.0.0.1:9/never-asked") == sources


def test_a_page_that_is_no_address_is_refused() -> None:
    with (
        answering(200, body="<html>Welcome to the hotel") as service,
        pytest.raises(AddressUnknownError, match="no public address"),
    ):
        my_ip(service.url)


@pytest.mark.parametrize(
    "answer",
    [
        *("0.0.0.0/0", "0.0.0.0/32", "::/0", "::", "0.0.0.0/1", "1.2.3.0/24", "1.2.3.4/32", "2600::/3"),
        *("1.2.3.4,0.0.0.0/0", "1.2.3.4 world", "1.2.3.4\n0.0.0.0/0", "world", "my-ip", "pl-1", "16909060", ""),
        *("10.0.0.1", "192.168.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
        *("::1", "fe80::1", "fc00::1", "ff0e::1", "::ffff:1.2.3.4", "2600::7%eth0", "64:ff9b::102:304"),
        "1.2.3.4" + " " * 1000 + "x",
        "1.2.3.4" + "\n" * 1000 + "0.0.0.0/0",
        "1.2.3.4\x1b[2J",
    ],
)
def test_what_is_not_one_public_address_lets_nobody_in(answer: str) -> None:
    with answering(200, body=answer) as service, pytest.raises(AddressUnknownError) as refused:
        replace_my_ip("my-ip", service.url)
    assert "which is no public address" in str(refused.value)
    assert "name the address yourself, such as" in str(refused.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with answering(200, body="1.2.3.4") as elsewhere:
        with (
            answering(status, headers=[("Location", elsewhere.url)]) as service,
            pytest.raises(AddressUnknownError, match="it sends us to another address"),
        ):
            my_ip(service.url)
        assert elsewhere.asked == []


def test_the_service_is_asked_by_https() -> None:
    assert module.CHECK_IP.startswith("https://")


def test_an_error_status_is_told() -> None:
    with answering(503) as service, pytest.raises(AddressUnknownError, match="could not ask"):
        my_ip(service.url)


def test_a_silent_server_is_given_up() -> None:
    with (
        answering(200, body="1.2.3.4", held_back=threading.Event()) as service,
        pytest.raises(AddressUnknownError, match="timed out"),
    ):
        my_ip(service.url, timeout=0.2)


def test_nobody_there_is_told() -> None:
    with answering(200) as service:
        gone = service.url
    with pytest.raises(AddressUnknownError, match=r"Connection refused.*name the address yourself"):
        my_ip(gone)


def test_the_verb(ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, body="1.2.3.4") as service:
        monkeypatch.setattr(verb, "ask", lambda: my_ip(service.url))
        assert ops("my-ip").stdout == "1.2.3.4/32\n"
        assert json.loads(ops("my-ip", "--json").stdout) == {"cidr": "1.2.3.4/32"}
    result = ops("my-ip")
    assert result.exit_code == 1
    assert "name the address yourself" in result.stderr
