"""Each setting, read and refused."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs

from stacks.application import default_context
from stacks.settings import Settings, SettingsError, peers, read_settings
from tests.stacks.conftest import Synthesis

Synthesize = Callable[[str], Synthesis]
ALL = (
    "allow_origins, copy, function_name, generation, instance_type, log_retention_days, port, public_key, ssh_from, "
    "termination_protection, web_from"
)


def read(**given: Any) -> Settings:
    return read_settings(default_context() | given)


def refusal(**given: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        read(**given)
    return str(refused.value)


def test_defaults_are_those_of_cdk_json() -> None:
    assert read() == Settings(
        copy="",
        function_name="calculate_mean",
        generation="1",
        allow_origins=(),
        web_from=(),
        ssh_from=(),
        instance_type="t4g.small",
        port=8501,
        public_key=None,
        log_retention_days=30,
        termination_protection=False,
    )


# The command line gives every value as text, cdk.json may give it as what it is.
@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("copy", "alice", "alice"),
        ("copy", " alice ", "alice"),
        ("copy", "a-2", "a-2"),
        ("function_name", "mean-2_b", "mean-2_b"),
        ("allow_origins", "https://a.example, https://b.example,", ("https://a.example", "https://b.example")),
        ("web_from", "world", ("0.0.0.0/0",)),
        ("web_from", "203.0.113.7", ("203.0.113.7/32",)),
        ("web_from", "203.0.113.0/24, pl-0a1b2c3d ,2001:db8::/64", ("203.0.113.0/24", "pl-0a1b2c3d", "2001:db8::/64")),
        ("web_from", "203.0.113.7,203.0.113.7/32", ("203.0.113.7/32",)),
        ("ssh_from", "203.0.113.7/32", ("203.0.113.7/32",)),
        ("instance_type", "m7g.metal-24xl", "m7g.metal-24xl"),
        ("port", "1024", 1024),
        ("port", "65535", 65535),
        ("port", 9000, 9000),
        ("public_key", "ssh-ed25519 AAAA me@laptop\n", "ssh-ed25519 AAAA me@laptop"),
        ("log_retention_days", "7", 7),
        ("log_retention_days", 365, 365),
        ("termination_protection", "true", True),
        ("termination_protection", "False", False),
        ("termination_protection", True, True),
    ],
)
def test_values(key: str, text: Any, value: Any) -> None:
    assert getattr(read(**{key: text}), key) == value


@pytest.mark.parametrize(
    ("key", "text", "allowed"),
    [
        ("copy", "-a", "use up to 20 letters, digits and hyphens"),
        ("copy", "a" * 21, "use up to 20 letters, digits and hyphens"),
        ("copy", "a_b", "use up to 20 letters, digits and hyphens"),
        ("function_name", "", "use 1 to 43 letters, digits, hyphens and underscores"),
        ("function_name", "a.b", "use 1 to 43 letters, digits, hyphens and underscores"),
        ("instance_type", "small", "use the name of an EC2 instance type, such as t4g.small"),
        ("instance_type", "abc.small", "use the name of an EC2 instance type, such as t4g.small"),
        ("instance_type", "T4G.SMALL", "use the name of an EC2 instance type, such as t4g.small"),
        ("port", "1023", "use a number from 1024 to 65535"),
        ("port", "65536", "use a number from 1024 to 65535"),
        ("port", "http", "use a number from 1024 to 65535"),
        ("port", "8501.0", "use a number from 1024 to 65535"),
        ("port", "", "use a number from 1024 to 65535"),
        ("log_retention_days", "0", "use one of 1, 3, 7, 14, 30, 90, 180, 365"),
        ("log_retention_days", "10", "use one of 1, 3, 7, 14, 30, 90, 180, 365"),
        ("log_retention_days", "forever", "use one of 1, 3, 7, 14, 30, 90, 180, 365"),
        ("termination_protection", "yes", "use true or false"),
        ("termination_protection", "", "use true or false"),
    ],
)
def test_bad_values(key: str, text: str, allowed: str) -> None:
    assert refusal(**{key: text}) == f"{key}={text!r}: {allowed}"


@pytest.mark.parametrize("key", ["web_from", "ssh_from"])
@pytest.mark.parametrize(
    "text", ["everybody", "203.0.113.7/33", "203.0.113.7/24", "203.0.113", "sg-12345678", "pl-xyz"]
)
def test_bad_sources(key: str, text: str) -> None:
    message = refusal(**{key: f"203.0.113.7/32,{text}"})

    assert message.startswith(f"{key}='203.0.113.7/32,{text}': '{text}' is not a source (")
    assert message.endswith(
        "use a CIDR such as 203.0.113.7/32, a prefix list (pl-…) or world, several with commas between"
    )


@pytest.mark.parametrize(
    ("sources", "size"),
    [
        ("0.0.0.0/0", "a /8 of IPv4"),
        ("0.0.0.0/1", "a /8 of IPv4"),
        ("0.0.0.0/1,128.0.0.0/1", "a /8 of IPv4"),
        ("10.0.0.0/7", "a /8 of IPv4"),
        ("10.0.0.0/8,203.0.113.7/32", "a /8 of IPv4"),
        ("10.0.0.0/8,11.0.0.0/8", "a /8 of IPv4"),
        (",".join(f"{first}.0.0.0/9" for first in (1, 3, 5)), "a /8 of IPv4"),
        ("pl-0a1b2c3d,0.0.0.0/1", "a /8 of IPv4"),
        ("::ffff:0:0/96", "a /8 of IPv4"),
        ("::ffff:0.0.0.0/97", "a /8 of IPv4"),
        ("::/64", "a /8 of IPv4"),
        ("10.0.0.0/8,::ffff:203.0.113.7/128", "a /8 of IPv4"),
        ("::/0", "a /32 of IPv6"),
        ("::/1", "a /32 of IPv6"),
        ("8000::/1", "a /32 of IPv6"),
        ("2000::/3", "a /32 of IPv6"),
        ("2001:db8::/31", "a /32 of IPv6"),
        ("2001:db8::/32,2001:db9::/48", "a /32 of IPv6"),
        ("203.0.113.7/32,2001:db8::/33,2001:db8:8000::/33,2001:db9::/128", "a /32 of IPv6"),
    ],
)
def test_more_than_one_organisation_must_be_called_the_world(sources: str, size: str) -> None:
    assert refusal(web_from=sources) == (
        f"web_from={sources!r}: these are more than {size} in all: name fewer, or say world"
    )


@pytest.mark.parametrize(
    "sources",
    [
        "10.0.0.0/8",
        "10.0.0.0/9,10.128.0.0/9,10.1.2.0/24",
        "10.0.0.0/8,2001:db8::ffff:0:0/96",
        "2001:db8::/32",
        "10.0.0.0/8,2001:db8::/32,pl-0a1b2c3d,pl-0a1b2c3e",
    ],
)
def test_one_organisation_may_be_named(sources: str) -> None:
    assert read(web_from=sources).web_from == tuple(sources.split(","))


@pytest.mark.parametrize("everybody", ["world", "world,203.0.113.7/32", "world,::/0"])
def test_everybody_in_one_word(everybody: str) -> None:
    assert read(web_from=everybody).web_from[0] == "0.0.0.0/0"


@pytest.mark.parametrize(("key", "variable"), [("web_from", "WEB_FROM"), ("ssh_from", "SSH_FROM")])
def test_my_ip_is_for_make(key: str, variable: str) -> None:
    message = refusal(**{key: "my-ip"})

    assert message.startswith(f"{key}='my-ip': your address is looked up by make, not here: make deploy ")
    assert f"{variable}=my-ip" in message


def test_an_unknown_setting_lists_what_there_is() -> None:
    assert refusal(web_form="world") == f"web_form is not a setting; the settings are {ALL}"


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert refusal(web_form="world", port="80", termination_protection="maybe").splitlines() == [
        f"web_form is not a setting; the settings are {ALL}",
        "port='80': use a number from 1024 to 65535",
        "termination_protection='maybe': use true or false",
    ]


def test_a_setting_without_a_value() -> None:
    context = default_context()
    del context["port"]

    with pytest.raises(SettingsError, match=r"^port has no value: cdk\.json holds the default$"):
        read_settings(context)


def test_the_cdks_own_keys_are_no_settings() -> None:
    assert read(**{"aws:cdk:bundling-stacks": ["**"], "@aws-cdk/core:newStyleStackSynthesis": True}) == read()


def test_each_documented_default_is_a_setting() -> None:
    keys = {key for key in default_context() if not key.startswith("@")}

    assert keys == set(ALL.split(", "))


def test_peers_are_what_the_sources_say() -> None:
    found = peers(("203.0.113.7/32", "2001:db8::/64", "pl-0a1b2c3d"))

    assert [peer.unique_id for peer in found] == ["203.0.113.7/32", "2001:db8::/64", "pl-0a1b2c3d"]
    assert isinstance(found[0], type(ec2.Peer.ipv4("10.0.0.0/8")))


@pytest.mark.parametrize(("days", "retention"), [(1, logs.RetentionDays.ONE_DAY), (365, logs.RetentionDays.ONE_YEAR)])
def test_retention(days: int, retention: logs.RetentionDays) -> None:
    assert read(log_retention_days=days).log_retention is retention
