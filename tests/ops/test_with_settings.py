"""Settings that make was given become arguments, or are refused in a sentence."""

import shlex

import pytest

from ops import my_ip
from ops.errors import OpsError
from ops.my_ip import AddressUnknownError
from ops.with_settings import arguments, main


@pytest.mark.parametrize("given", [{}, {"WEB_FROM": "", "SSH_FROM": "", "SETTINGS": " ", "COPY": "alice"}])
def test_nothing_given(given: dict[str, str]) -> None:
    assert arguments(given) == []


def test_everything_given() -> None:
    given = {"WEB_FROM": "10.0.0.0/8, pl-1", "SSH_FROM": "world", "SETTINGS": "-c copy=alice  --context\nport=8080"}
    assert arguments(given) == [
        *("-c", "web_from=10.0.0.0/8, pl-1", "-c", "ssh_from=world", "-c", "copy=alice", "-c", "port=8080")
    ]


@pytest.mark.parametrize("value", ["", "a b", "a=b", "-c", "it's", '"', "$(touch x)", "a;b", "`x`", "a\nb", "\\", "#"])
def test_a_quoted_value_arrives_unchanged(value: str) -> None:
    assert arguments({"SETTINGS": f"-c public_key={shlex.quote(value)}"}) == ["-c", f"public_key={value}"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("copy=alice", "'copy=alice' is no -c"),
        ("-c copy=a; touch x", "'touch' is no -c"),
        ("-c copy=a --require-approval never", "'--require-approval' is no -c"),
        ("-c", "'' after -c is no key=value"),
        ("-c copy", "'copy' after -c is no key=value"),
        ("-c =alice", "'=alice' after -c is no key=value"),
        ("-c -c=alice", "'-c=alice' after -c is no key=value"),
        ("--context 'a b=c'", "'a b=c' after --context is no key=value"),
        ("-c copy='alice", "No closing quotation"),
        ("-c copy=alice\\", "No escaped character"),
    ],
)
def test_what_is_no_setting_is_refused_with_its_value(text: str, reason: str) -> None:
    with pytest.raises(OpsError) as refused:
        arguments({"SETTINGS": text})
    assert str(refused.value) == f"SETTINGS={text!r}: {reason}; write it as SETTINGS='-c copy=alice -c port=8080'"


def test_my_ip_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(my_ip, "my_ip", lambda _: "1.2.3.4/32")
    assert arguments({"WEB_FROM": "my-ip,pl-1", "SSH_FROM": "my-ip"}) == [
        *("-c", "web_from=1.2.3.4/32,pl-1", "-c", "ssh_from=1.2.3.4/32")
    ]


def test_an_address_that_nobody_knows_ends_it_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unknown(_: str) -> str:
        raise AddressUnknownError("name the address yourself")

    monkeypatch.setattr(my_ip, "my_ip", unknown)
    monkeypatch.setenv("WEB_FROM", "my-ip")
    assert main(["true"]) == 1
    assert capsys.readouterr().err == "error: name the address yourself\n"


def test_the_command_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, list[str]]] = []
    monkeypatch.setattr("os.execvp", lambda file, words: ran.append((file, words)))
    for name in ("WEB_FROM", "SSH_FROM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SETTINGS", "-c copy=alice")
    main(["cdk", "diff"])
    assert ran == [("cdk", ["cdk", "diff", "-c", "copy=alice"])]


def test_a_command_that_there_is_not(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("WEB_FROM", "SSH_FROM", "SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    assert main(["no-such-command"]) == 1
    assert capsys.readouterr().err == "error: can't run no-such-command: No such file or directory\n"


def test_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage: python -m ops.with_settings COMMAND")
