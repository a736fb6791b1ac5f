"""Which settings and which account the words of a CDK command name."""

import shlex

import pytest

from ops.told.cdk_command import add_settings, option, take_settings, without
from stacks.setting import SettingsError


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        ("cdk deploy --all", {}),
        ("cdk deploy -c port=9000 --all", {"port": "9000"}),
        ("cdk deploy --all --context port=9000", {"port": "9000"}),
        ("cdk deploy --all --context=port=9000", {"port": "9000"}),
        ("cdk deploy --all -cport=9000", {"port": "9000"}),
        ("cdk deploy --all -c web_from=", {"web_from": ""}),
        ("cdk deploy --all -c allow_origins=https://a.example/?x=1", {"allow_origins": "https://a.example/?x=1"}),
        ("cdk deploy --all -c 'app=../my app' -c copy=alice", {"app": "../my app", "copy": "alice"}),
    ],
)
def test_settings_are_taken_out(command: str, settings: dict[str, str]) -> None:
    rest, taken = take_settings(shlex.split(command))
    assert rest == ["cdk", "deploy", "--all"]
    assert taken == settings


@pytest.mark.parametrize(
    "command",
    [
        "cdk deploy --all -c @aws-cdk/core:newStyle=true -c aws-cdk:x=1 --context=a:b=c -ca:b=c",
        "cdk deploy -c",
        "cdk deploy -c '' --all",
        "cdk deploy -c port",
        "cdk deploy --all port=9000",
        "sh -c 'exit 4'",
        "python -c 'a = 1; b=2'",
    ],
)
def test_other_words_stay(command: str) -> None:
    words = shlex.split(command)
    assert take_settings(words) == (words, {})


@pytest.mark.parametrize("command", ["cdk -c port=1 --context=port=2", "cdk -cport=1 --all -c port=2"])
def test_a_setting_is_given_once(command: str) -> None:
    with pytest.raises(SettingsError, match=r"^port is given twice: '1' and '2'; say it once$"):
        take_settings(shlex.split(command))


def test_settings_are_put_back() -> None:
    words = add_settings(["cdk", "deploy"], {"app": "my app", "web_from": ""})
    assert words == ["cdk", "deploy", "-c", "app=my app", "-c", "web_from="]


@pytest.mark.parametrize(
    ("command", "profile"),
    [
        ("cdk deploy --all", None),
        ("cdk deploy --profile work --all", "work"),
        ("cdk deploy --all --profile=work", "work"),
        ("cdk deploy --all --profile", None),
        ("cdk deploy --profile-of me", None),
    ],
)
def test_the_profile_of_a_command(command: str, profile: str | None) -> None:
    assert option(shlex.split(command), "--profile") == profile


@pytest.mark.parametrize(
    ("command", "rest"),
    [
        ("cdk deploy --profile work --all", "cdk deploy --all"),
        ("cdk deploy --all --profile=work", "cdk deploy --all"),
        ("cdk deploy --all --profile", "cdk deploy --all"),
        ("cdk deploy --profile-of me", "cdk deploy --profile-of me"),
    ],
)
def test_a_command_without_its_profile(command: str, rest: str) -> None:
    assert without(shlex.split(command), "--profile") == shlex.split(rest)
