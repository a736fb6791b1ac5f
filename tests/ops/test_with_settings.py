"""Settings that make was given become arguments, or are refused in a sentence."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from ops.answers.errors import OpsError
from ops.cloud import my_ip
from ops.cloud.clients import Aws
from ops.cloud.my_ip import AddressUnknownError
from ops.told.looked_up import DEFAULT_VPC_HERE
from ops.with_settings import arguments, main, read_words
from stacks.copies import write_copy
from stacks.lab_names import BOOTSTRAP_TEMPLATE
from stacks.setting import SettingsError


def words(**given: str) -> dict[str, str]:
    return read_words({**given, "MAKE_GIVEN": " ".join(given)})


def of_make(monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAKE_GIVEN", " ".join(given))


def test_nothing_given() -> None:
    assert words() == read_words({}) == read_words({"WEB_FROM": "world", "MAKE_GIVEN": ""}) == {}


def test_everything_given() -> None:
    given = words(
        WEB_FROM="10.0.0.0/8, pl-1", COPY="alice", PYTHON="/x", SETTINGS="-c zone=second  --context\nport=8080"
    )
    assert given == {"web_from": "10.0.0.0/8, pl-1", "copy": "alice", "zone": "second", "port": "8080"}
    assert arguments(given, Aws()) == [
        *("-c", "web_from=10.0.0.0/8, pl-1", "-c", "copy=alice", "-c", "zone=second", "-c", "port=8080")
    ]


def test_what_is_given_now_goes_with_what_the_copy_was_told(copies: Path) -> None:
    write_copy(copies, "alice", {"https": "true", "sign_in": "true"})
    assert arguments({"copy": "alice", "sign_in": "true"}, Aws()) == ["-c", "copy=alice", "-c", "sign_in=true"]
    with pytest.raises(SettingsError, match="say HTTPS=true, or HTTPS= SIGN_IN= for neither"):
        arguments({"copy": "alice", "https": ""}, Aws())
    # Whose copies are others.
    assert arguments({"sign_in": "true"}, None) == ["-c", "sign_in=true"]


@pytest.mark.parametrize("value", ["", "a b", "a=b", "-c", "it's", '"', "$(touch x)", "a;b", "`x`", "a\nb", "\\", "#"])
def test_a_quoted_value_arrives_unchanged(value: str) -> None:
    given = words(SETTINGS=f"-c entry_file={shlex.quote(value)}")
    assert arguments(given, Aws()) == ["-c", f"entry_file={value}"]


@pytest.mark.parametrize(
    "given",
    [{"PORT": "1", "SETTINGS": "-c port=2"}, {"SETTINGS": "-c port=1 --context=port=2"}],
)
def test_a_setting_is_given_once(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"^port is given twice: '1' and '2'; say it once$"):
        words(**given)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("copy=alice", "copy=alice is no -c name=value"),
        ("-c copy=a; touch x", "touch x is no -c name=value"),
        ("-c copy=a --require-approval never", "--require-approval never is no -c name=value"),
        ("-c", "-c is no -c name=value"),
        ("-c copy", "-c copy is no -c name=value"),
        ("-c =alice", "-c =alice is no -c name=value"),
        ("-c -c=alice", "-c -c=alice is no -c name=value"),
        ("--context 'a b=c'", "--context 'a b=c' is no -c name=value"),
        ("-c copy='alice", "No closing quotation"),
        ("-c copy=alice\\", "No escaped character"),
    ],
)
def test_what_is_no_setting_is_refused_with_its_value(text: str, reason: str) -> None:
    with pytest.raises(OpsError) as refused:
        words(SETTINGS=text)
    hint = "write it as SETTINGS='-c web_from=203.0.113.7/32 -c port=8080'"
    assert str(refused.value) == f"SETTINGS={text!r}: {reason}; {hint}"


def test_my_ip_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(my_ip, "my_ip", lambda _: "1.2.3.4/32")
    assert arguments({"web_from": "my-ip,pl-1", "ssh_from": "my-ip"}, Aws()) == [
        *("-c", "web_from=1.2.3.4/32,pl-1", "-c", "ssh_from=1.2.3.4/32")
    ]


def test_an_address_that_nobody_knows_ends_it_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unknown(_: str) -> str:
        raise AddressUnknownError("name the address yourself")

    monkeypatch.setattr(my_ip, "my_ip", unknown)
    of_make(monkeypatch, WEB_FROM="my-ip")
    assert main(["true"]) == 1
    assert capsys.readouterr().err == "error: name the address yourself\n"


def test_the_command_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, list[str]]] = []
    monkeypatch.setattr("os.execvp", lambda file, words: ran.append((file, words)))
    of_make(monkeypatch, COPY="alice")
    main(["cdk", "diff"])
    assert ran == [("cdk", ["cdk", "diff", "-c", "copy=alice"])]


@pytest.mark.parametrize(
    ("given", "in_lab"),
    [
        ({}, False),
        ({"ACCOUNT": "lab"}, True),
        ({"ACCOUNT": "lab", "COPY": "bob"}, True),
        # As it was told before, unless it is told otherwise now.
        ({"COPY": "alice"}, True),
        ({"COPY": "alice", "ACCOUNT": "own"}, False),
        ({"COPY": "alice", "ACCOUNT": ""}, False),
    ],
)
def test_a_lab_is_bootstrapped_by_a_template_without_roles(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str], *, in_lab: bool
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr("os.execvp", lambda _, words: ran.append(words))
    monkeypatch.setenv("DATA_COMPUTE_COPIES", str(tmp_path))
    (tmp_path / "alice.json").write_text('{"account": "lab"}')
    of_make(monkeypatch, **given)
    main(["cdk", "bootstrap"])

    (words,) = ran
    assert words[2:4] == ["--template", str(BOOTSTRAP_TEMPLATE)] if in_lab else "--template" not in words


def test_no_other_command_of_a_lab_names_that_template(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr("os.execvp", lambda _, words: ran.append(words))
    of_make(monkeypatch, ACCOUNT="lab")
    main(["cdk", "diff"])
    assert ran == [["cdk", "diff", "-c", "account=lab"]]


def test_a_command_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-command"]) == 1
    assert capsys.readouterr().err == "error: can't run no-such-command: No such file or directory\n"


def test_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage: python -m ops.with_settings [--laptop|--aws] COMMAND")


@pytest.fixture
def zones(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, str]]]:
    asked: list[tuple[Any, dict[str, str]]] = []

    def find_zone(aws: Any, told: dict[str, str]) -> str:
        asked.append((aws, told))
        return "second"

    monkeypatch.setattr("ops.told.looked_up.find_zone", find_zone)
    return asked


def test_the_zone_is_looked_up_for_the_type_that_the_copy_was_told(
    zones: list[tuple[Any, dict[str, str]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_COMPUTE_COPIES", str(tmp_path))
    (tmp_path / "alice.json").write_text('{"instance_type": "g5.xlarge", "zone": "first"}')
    assert arguments({"zone": "auto", "copy": "alice"}, Aws()) == ["-c", "zone=second", "-c", "copy=alice"]
    [(_, told)] = zones
    assert told["instance_type"] == "g5.xlarge"


def test_a_network_is_looked_up_before_a_zone_in_it(
    zones: list[tuple[Any, dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = "vpc-01234567,us-east-1a/subnet-0a0a0a0a"
    monkeypatch.setattr("ops.told.looked_up.find_vpc", lambda _, wanted: {"default": found}[wanted])
    assert arguments({"zone": "auto", "vpc": "default"}, Aws()) == ["-c", "zone=second", "-c", f"vpc={found}"]
    [(_, told)] = zones
    assert told["vpc"] == found


def test_the_laptops_default_network_is_known_before_it_is_up() -> None:
    assert arguments({"vpc": "default"}, None) == ["-c", f"vpc={DEFAULT_VPC_HERE}"]


def test_no_other_network_is_on_the_laptop() -> None:
    with pytest.raises(OpsError, match=r"^vpc='vpc-01234567': on this laptop .* VPC=default"):
        arguments({"vpc": "vpc-01234567"}, None)


def test_a_network_that_was_looked_up_already_is_left_as_it_is() -> None:
    found = "vpc-01234567,us-east-1a/subnet-0a0a0a0a"
    assert arguments({"vpc": found}, Aws()) == ["-c", f"vpc={found}"]


def test_no_zone_is_asked_for_on_the_laptop(zones: list[tuple[Any, dict[str, str]]]) -> None:
    assert arguments({"zone": "auto"}, None) == ["-c", "zone=first"]
    assert zones == []


def test_a_setting_that_there_is_not() -> None:
    with pytest.raises(SettingsError, match=r"^web_form is not a setting; did you mean web_from"):
        arguments(words(WEB_FORM="world"), Aws())


def test_paths_are_told_from_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    home = tmp_path / "home"
    (home / "my app").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    for typed in ("my app", "./my app/", str(home / "my app"), "~/my app"):
        [_, told] = arguments({"app": typed}, Aws())
        assert told.startswith("app=../")
        assert (root / told.removeprefix("app=")).resolve() == (home / "my app").resolve()


@pytest.mark.parametrize("name", ["app", "public_key"])
def test_an_empty_path_is_the_default(name: str) -> None:
    assert arguments({name: ""}, Aws()) == ["-c", f"{name}="]
