"""What an app is told: by its copy's file, and over it by the command line; and what else stands in its context."""

import json
from pathlib import Path
from typing import Any

import pytest

from stacks.application import default_context, read_told
from stacks.setting import SettingsError

# What the CDK's command line keeps in ~/.cdk.json or cdk.json, and what it hands to every app.
OF_THE_CDK = {
    "cli-telemetry": False,
    "acknowledged-issue-numbers": [34892, 1],
    "aws:cdk:bundling-stacks": ["**"],
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:version-reporting": False,
    "availability-zones:account=111122223333:region=eu-central-1": ["eu-central-1a"],
    "tree": True,
}


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    (tmp_path / "main.json").write_text(json.dumps({"web_from": "203.0.113.7/32", "port": "9000"}))
    (tmp_path / "alice.json").write_text(json.dumps({"port": "9001"}))
    return tmp_path


def refusal(context: dict[str, Any], copies: Path | None = None) -> str:
    with pytest.raises(SettingsError) as refused:
        read_told(context, copies)
    return str(refused.value)


def test_the_command_line_is_heard_over_the_copys_file(copies: Path) -> None:
    assert read_told({}, copies) == {"web_from": "203.0.113.7/32", "port": "9000"}
    assert read_told({"port": "9002", "zone": "second"}, copies) == {
        "web_from": "203.0.113.7/32",
        "port": "9002",
        "zone": "second",
    }


def test_no_text_on_the_command_line_is_heard_too(copies: Path) -> None:
    assert read_told({"web_from": ""}, copies) == {"web_from": "", "port": "9000"}


def test_what_is_told_now_goes_with_what_the_file_says(copies: Path) -> None:
    (copies / "main.json").write_text(json.dumps({"https": "true"}))
    assert read_told({"sign_in": "true"}, copies) == {"https": "true", "sign_in": "true"}
    (copies / "main.json").write_text(json.dumps({"https": "true", "sign_in": "true"}))
    assert refusal({"https": ""}, copies).endswith("say HTTPS=true, or HTTPS= SIGN_IN= for neither")


def test_each_copy_has_a_file(copies: Path) -> None:
    assert read_told({"copy": "alice"}, copies) == {"copy": "alice", "port": "9001"}
    assert read_told({"copy": "bob"}, copies) == {"copy": "bob"}


@pytest.mark.parametrize("first", ["main", "", " "])
def test_the_first_copy_may_be_named(copies: Path, first: str) -> None:
    assert read_told({"copy": first}, copies)["port"] == "9000"


def test_a_copy_that_is_no_name_reads_no_file(copies: Path) -> None:
    folder = copies / "below"
    folder.mkdir()

    assert refusal({"copy": "../main"}, folder) == (
        "copy='../main': use up to 20 small letters, digits and hyphens, such as alice"
    )


def test_without_a_folder_no_file_is_read() -> None:
    assert read_told({"port": "9002"}, None) == {"port": "9002"}


def test_json_may_hold_a_setting_as_what_it_is() -> None:
    assert read_told({"port": 9000, "termination_protection": True}, None) == {
        "port": "9000",
        "termination_protection": "true",
    }
    assert refusal({"web_from": ["203.0.113.7/32"]}) == 'web_from is ["203.0.113.7/32"]: use a text'


def test_what_the_cdk_keeps_in_the_context_is_nobodys_mistake() -> None:
    assert read_told(default_context() | OF_THE_CDK, None) == {}


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("web_form", "web_from"),
        ("WEB_FROM", "web_from"),
        ("web-from", "web_from"),
        ("instance-type", "instance_type"),
        ("prort", "port"),
        ("something_of_mine", None),
        ("colour", None),
    ],
)
def test_a_key_is_a_mistake_where_it_is_nearly_a_setting(key: str, meant: str | None) -> None:
    if meant is None:
        assert read_told({key: "1"}, None) == {}
    else:
        assert refusal({key: "1"}).startswith(f"{key} is not a setting; did you mean {meant}? The settings are ")


def test_every_mistyped_key_and_every_bad_value_is_said() -> None:
    assert [line.partition(";")[0] for line in refusal({"web_form": "", "prort": "1"}).splitlines()] == [
        "prort is not a setting",
        "web_form is not a setting",
    ]
    assert [line.partition(":")[0] for line in refusal({"copy": "Al", "port": "80", "zone": "auto"}).splitlines()] == [
        "copy='Al'",
        "zone='auto'",
        "port='80'",
    ]
