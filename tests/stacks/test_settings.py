"""Each setting, read and refused."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from data_compute.hours import EXAMPLE, Hours
from stacks.calculate_mean_settings import CalculateMeanSettings
from stacks.checks import check_names, check_values
from stacks.network_settings import Network
from stacks.registry import ALL_STACKS, SETTINGS
from stacks.setting import CHECKOUT, SettingsError, settings_of
from stacks.streamlit_settings import StreamlitSettings
from tests.stacks.variants import NETWORK, PUBLIC_KEY


def read(name: str, text: str) -> Any:
    """Read one setting as the first stack does that has it."""
    kind = next(kind for kind in ALL_STACKS.values() if name in settings_of(kind))
    return getattr(kind.read({name: text}), name)


def refusal(**told: str) -> str:
    with pytest.raises(SettingsError) as refused:
        check_values(told)
    return str(refused.value)


def test_defaults() -> None:
    assert CalculateMeanSettings.read({}) == CalculateMeanSettings(
        copy="main",
        account="own",
        log_retention_days=30,
        termination_protection=False,
        extras=(),
        function_name="calculate_mean",
        allow_origins=(),
        rate_limit=5,
        burst_limit=20,
        told={},
    )
    assert StreamlitSettings.read({}) == StreamlitSettings(
        copy="main",
        account="own",
        log_retention_days=30,
        termination_protection=False,
        extras=(),
        app=CHECKOUT / "streamlit_src",
        entry_file="",
        web_from=(),
        ssh_from=(),
        instance_type="t4g.small",
        operating_system="amazon-linux-2023",
        image="",
        generation="1",
        zone="first",
        vpc=None,
        machines=(1, 1),
        spot=False,
        office_hours=None,
        idle_stop=None,
        https=False,
        sign_in=False,
        port=8501,
        public_key=None,
        told={},
    )


@pytest.mark.parametrize("kind", ALL_STACKS.values())
def test_settings_can_not_be_without_what_was_told(kind: Any) -> None:
    with pytest.raises(TypeError, match="told"):
        kind(log_retention_days=7)


def test_a_folder_beside_the_checkout_goes_by_its_plain_name() -> None:
    """As messages name it."""
    assert StreamlitSettings.read({"app": "../my app/"}).app == CHECKOUT.parent / "my app"


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("nothing", ["", " "])
def test_no_text_is_the_default(name: str, nothing: str) -> None:
    for kind in ALL_STACKS.values():
        assert kind.read({name: nothing}) == kind.read({})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("copy", "alice", "alice"),
        ("copy", " alice ", "alice"),
        ("copy", "a-2", "a-2"),
        ("copy", "main", "main"),
        ("function_name", "mean-2_b", "mean-2_b"),
        ("allow_origins", "https://a.example, https://b.example,", ("https://a.example", "https://b.example")),
        ("extras", "describe, describe", ("describe",)),
        ("csv_bucket", "my.tables-1", "my.tables-1"),
        ("rate_limit", "1", 1),
        ("rate_limit", "10000", 10_000),
        ("burst_limit", "5000", 5_000),
        ("web_from", "world", ("0.0.0.0/0",)),
        ("web_from", "203.0.113.7", ("203.0.113.7/32",)),
        ("web_from", "203.0.113.0/24, pl-0a1b2c3d ,2001:db8::/64", ("203.0.113.0/24", "pl-0a1b2c3d", "2001:db8::/64")),
        ("web_from", "203.0.113.7,203.0.113.7/32", ("203.0.113.7/32",)),
        ("ssh_from", "203.0.113.7/32", ("203.0.113.7/32",)),
        ("instance_type", "m7g.metal-24xl", "m7g.metal-24xl"),
        ("operating_system", "ubuntu-24.04", "ubuntu-24.04"),
        ("image", "ami-0123abcd", "ami-0123abcd"),
        ("image", "ami-0123456789abcdef0", "ami-0123456789abcdef0"),
        ("generation", "2026-11_b", "2026-11_b"),
        ("zone", "second", "second"),
        ("vpc", NETWORK, Network("vpc-01234567", {"us-east-1a": "subnet-0a0a0a0a", "us-east-1b": "subnet-0b0b0b0b"})),
        ("office_hours", EXAMPLE, Hours(start="08:00", stop="19:00", days="MON-FRI", timezone="Europe/Berlin")),
        ("idle_stop", "10m", 10),
        ("idle_stop", "24h", 24 * 60),
        ("port", "1024", 1024),
        ("port", "65535", 65535),
        ("log_retention_days", "7", 7),
        ("log_retention_days", "365", 365),
        ("termination_protection", "true", True),
        ("termination_protection", "false", False),
        ("entry_file", "pages/start.py", "pages/start.py"),
        ("app", "tests/stacks", CHECKOUT / "tests/stacks"),
    ],
)
def test_values(name: str, text: str, value: Any) -> None:
    assert read(name, text) == value


COPY = "use up to 20 small letters, digits and hyphens, such as alice"
FUNCTION = "use 1 to 43 letters, digits, hyphens and underscores"
TYPE = "use the name of an EC2 instance type, such as t4g.small"
VPC = "use default or the id of a VPC, such as vpc-0123456789abcdef0, with make: make deploy VPC=…"
IDLE = "use minutes or hours, such as 45m or 2h: from 10m to 24h"
DAYS = "use one of 1, 3, 7, 14, 30, 90, 180, 365"


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("copy", "-a", COPY),
        ("copy", "a" * 21, COPY),
        ("copy", "a_b", COPY),
        ("copy", "Alice", COPY),
        ("copy", "../alice", COPY),
        ("function_name", "a.b", FUNCTION),
        ("function_name", "a" * 44, FUNCTION),
        ("rate_limit", "0", "use a number from 1 to 10000"),
        ("rate_limit", "10001", "use a number from 1 to 10000"),
        ("rate_limit", "0.5", "use a number from 1 to 10000"),
        ("burst_limit", "-1", "use a number from 1 to 5000"),
        ("burst_limit", "5001", "use a number from 1 to 5000"),
        ("instance_type", "small", TYPE),
        ("instance_type", "abc.small", TYPE),
        ("instance_type", "T4G.SMALL", TYPE),
        ("operating_system", "ubuntu", "use one of amazon-linux-2023, ubuntu-24.04"),
        ("image", "al2023", "use the id of an image, such as ami-0123456789abcdef0"),
        ("image", "ami-XYZ01234", "use the id of an image, such as ami-0123456789abcdef0"),
        ("generation", "a b", "use 1 to 40 letters, digits, hyphens and underscores"),
        ("zone", "third", "use one of first, second"),
        (
            "zone",
            "auto",
            "the zone that has the instance type is looked up by make, not here: make deploy ZONE=auto",
        ),
        ("vpc", "default", "its subnets are looked up by make, not here: make deploy VPC=default"),
        ("vpc", "vpc-01234567", "its subnets are looked up by make, not here: make deploy VPC=vpc-01234567"),
        ("vpc", "subnet-0a0a0a0a", VPC),
        ("vpc", "vpc-01234567,subnet-0a0a0a0a", VPC),
        ("vpc", "mine,us-east-1a/subnet-0a0a0a0a", VPC),
        ("office_hours", "nine to five", f"use from when to when, the days and the time zone, such as {EXAMPLE}"),
        *(("idle_stop", text, IDLE) for text in ("9m", "25h", "45", "1d", "45 m")),
        ("port", "1023", "use a number from 1024 to 65535"),
        ("port", "65536", "use a number from 1024 to 65535"),
        ("port", "http", "use a number from 1024 to 65535"),
        ("port", "8501.0", "use a number from 1024 to 65535"),
        ("port", "٨٥٠١", "use a number from 1024 to 65535"),
        ("log_retention_days", "0", DAYS),
        ("log_retention_days", "10", DAYS),
        ("log_retention_days", "forever", DAYS),
        ("termination_protection", "yes", "use one of true, false"),
        ("termination_protection", "True", "use one of true, false"),
        (
            "public_key",
            "nowhere.pub",
            "there is no such file: copy your public key to one, such as keys/alice.pub, and name that",
        ),
    ],
)
def test_bad_values(name: str, text: str, allowed: str) -> None:
    assert refusal(**{name: text}) == f"{name}={text!r}: {allowed}"


@pytest.mark.parametrize("name", ["web_from", "ssh_from"])
@pytest.mark.parametrize(
    "text", ["everybody", "203.0.113.7/33", "203.0.113.7/24", "203.0.113", "sg-12345678", "pl-xyz"]
)
def test_bad_sources(name: str, text: str) -> None:
    message = refusal(**{name: f"203.0.113.7/32,{text}"})

    assert message.startswith(f"{name}='203.0.113.7/32,{text}': '{text}' is not a source (")
    assert message.endswith(
        "use my-ip (with make), a CIDR such as 203.0.113.7/32, a prefix list (pl-…) or world, "
        "several with commas between"
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
    assert read("web_from", sources) == tuple(sources.split(","))


@pytest.mark.parametrize("everybody", ["world", "world,203.0.113.7/32", "world,::/0"])
def test_everybody_in_one_word(everybody: str) -> None:
    assert read("web_from", everybody)[0] == "0.0.0.0/0"


@pytest.mark.parametrize("name", ["web_from", "ssh_from"])
def test_my_ip_is_for_make(name: str) -> None:
    message = refusal(**{name: "my-ip"})

    assert message.startswith(f"{name}='my-ip': your address is looked up by make, not here: make deploy ")
    assert f"{name.upper()}=my-ip" in message


def test_a_public_key_is_what_its_file_holds() -> None:
    assert read("public_key", PUBLIC_KEY) == (CHECKOUT / PUBLIC_KEY).read_text().strip()


def test_an_app_may_be_outside_the_checkout(tmp_path: Path) -> None:
    assert read("app", str(tmp_path)) == tmp_path


@pytest.mark.parametrize("there", [True, False])
def test_a_public_key_may_not(tmp_path: Path, there: bool) -> None:
    key = tmp_path / "key.pub"
    if there:
        key.write_text("ssh-ed25519 AAAA me@laptop\n")

    said = "it is outside this checkout: copy it into it, such as to keys/alice.pub, and name that"
    for name in (str(key), os.path.relpath(key, CHECKOUT)):
        assert refusal(public_key=name) == f"public_key={name!r}: {said}"


def test_what_was_told_is_kept_as_it_was_and_without_defaults() -> None:
    told = {
        "copy": "alice",
        "web_from": " 203.0.113.7 ",
        "port": "8501",
        "generation": "",
        "public_key": PUBLIC_KEY,
        "log_retention_days": "7",
        "function_name": "average",
    }

    assert StreamlitSettings.read(told).told == {
        "log_retention_days": "7",
        "public_key": PUBLIC_KEY,
        "web_from": "203.0.113.7",
    }
    assert CalculateMeanSettings.read(told).told == {"function_name": "average", "log_retention_days": "7"}


def test_a_stack_refuses_all_that_is_wrong_with_its_own() -> None:
    told = {"port": "80", "zone": "third", "burst_limit": "0"}

    with pytest.raises(SettingsError, match=r"^zone='third': use one of first, second\nport='80': .* 65535$"):
        StreamlitSettings.read(told)


def test_everything_that_is_wrong_is_said_at_once_and_once() -> None:
    assert refusal(port="80", termination_protection="maybe", burst_limit="0").splitlines() == [
        "termination_protection='maybe': use one of true, false",
        "burst_limit='0': use a number from 1 to 5000",
        "port='80': use a number from 1024 to 65535",
    ]


def test_an_unknown_setting_is_told_what_there_is() -> None:
    names = ", ".join(sorted(SETTINGS))

    with pytest.raises(SettingsError) as refused:
        check_names(["web_form", "port", "colour"])

    assert str(refused.value).splitlines() == [
        f"colour is not a setting; the settings are {names}",
        f"web_form is not a setting; did you mean web_from? The settings are {names}",
    ]


@pytest.mark.parametrize("name", SETTINGS)
def test_make_can_spell_it_and_a_table_can_hold_its_help(name: str) -> None:
    assert re.fullmatch(r"[a-z_]+", name)
    assert re.fullmatch(r"[^|\n]+[^.|\n]", SETTINGS[name].help)


def test_two_stacks_mean_the_same_by_one_name() -> None:
    for kind in ALL_STACKS.values():
        for name, declared in settings_of(kind).items():
            assert SETTINGS[name] is declared, name


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"account": "lab"}, "https=true: a lab has no CloudFront, so leave it out"),
        (
            {"web_from": "203.0.113.7/32,pl-12345678"},
            "web_from=pl-12345678: the edge of https=true knows no prefix lists, so name CIDRs",
        ),
        (
            {"ssh_from": ",".join(f"203.0.113.{number}/32" for number in range(5))},
            "ssh_from names 5, and of a security group's 60 rules https=true leaves 4, as CloudFront takes 55, and the "
            "move between one machine and a fleet one: name fewer and larger",
        ),
    ],
)
def test_what_an_https_address_has_no_place_for(told: dict[str, str], words: str) -> None:
    check_values(told)
    assert refusal(https="true", **told) == words
    with pytest.raises(SettingsError, match=re.escape(words)):
        StreamlitSettings.read({"https": "true"} | told)


def test_a_sign_in_needs_https() -> None:
    words = (
        "sign_in=true needs https=true as well, as nobody should type a password into plain HTTP: say HTTPS=true, or "
        "HTTPS= SIGN_IN= for neither"
    )
    assert refusal(sign_in="true") == words
    check_values({"https": "true", "sign_in": "true"})
    assert "a lab has no CloudFront" in refusal(https="true", sign_in="true", account="lab")


@pytest.mark.parametrize(("told", "machines"), [("1", (1, 1)), ("2-3", (2, 3)), (" 9-10 ", (9, 10)), ("", (1, 1))])
def test_one_machine_or_from_and_to_how_many(told: str, machines: tuple[int, int]) -> None:
    settings = StreamlitSettings.read({"machines": told})
    assert settings.machines == machines
    assert settings.is_fleet == (machines != (1, 1))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"machines": "3"}, "a replacement is started before what it replaces goes, .*: say 3-4"),
        ({"machines": "3-3"}, "use 1, or at least and at most how many, such as 2-4"),
        ({"machines": "1-2"}, "from 2 to 10"),
        ({"machines": "2-11"}, "from 2 to 10"),
        ({"machines": "many"}, "such as 2-4"),
        ({"machines": "0"}, "use 1, or at least"),
        ({"machines": "10"}, "use 1, or at least"),
        ({"spot": "true"}, "spot=true with machines=1: AWS would take the only machine away"),
        ({"spot": "true", "machines": "2-3", "account": "lab"}, "spot=true: a lab denies Spot"),
        (
            {"machines": "2-9", "account": "lab"},
            "machines=2-9: a lab runs 9, one of them to even out the zones: 8 at most",
        ),
        ({"machines": "2-3", "zone": "second"}, "zone=second: a fleet stands in both zones"),
        ({"machines": "2-3", "vpc": "vpc-01234567,us-east-1a/subnet-0a0a0a0a"}, "vpc=vpc-01234567: a load balancer"),
    ],
)
def test_what_a_fleet_cannot_be(told: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        StreamlitSettings.read(told)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"machines": "2-3", "office_hours": EXAMPLE}, "a fleet has none; its own way is scale_on_schedule"),
        ({"machines": "2-3", "idle_stop": "45m"}, "idle_stop=45m: a fleet starts another in place of a machine that"),
        ({"account": "lab", "office_hours": EXAMPLE}, "nobody may make one in a lab; idle_stop=45m needs none"),
    ],
)
def test_who_has_no_office_hours(told: dict[str, str], words: str) -> None:
    assert words in refusal(**told)


def test_a_machine_in_a_lab_may_stop_by_itself() -> None:
    assert StreamlitSettings.read({"account": "lab", "idle_stop": "2h"}).idle_stop == 120
