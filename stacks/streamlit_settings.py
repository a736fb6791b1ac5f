"""The settings of the stack of the machine that serves the Streamlit app."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_compute.hours import EXAMPLE, Hours
from data_compute.limits import MOST_MACHINES
from stacks.copy_settings import CopySettings
from stacks.door_settings import parse_sources_of_a_login, parse_sources_of_the_page
from stacks.fleet_settings import ONE_MACHINE, contradictions_of_machines, parse_machines
from stacks.lab_names import LAB
from stacks.network_settings import Network, parse_network, parse_zone
from stacks.power_settings import contradictions_of_power, parse_hours, parse_idle
from stacks.setting import CHECKOUT, flag, folder, matching, number, one_of, setting

# A security group has 60 rules, of which CloudFront's list takes 55. While one machine becomes a fleet, or a fleet one
# machine, they let in the balancer as well, which takes one.
MOST_BESIDE_AN_EDGE = 4


def _public_key(text: str) -> str | None:
    if not text:
        return None
    file = CHECKOUT / text
    if not file.resolve().is_relative_to(CHECKOUT.resolve()):
        # Another laptop has another file there, or none, and would deploy another machine.
        raise ValueError("it is outside this checkout: copy it into it, such as to keys/alice.pub, and name that")
    if not file.is_file():
        raise ValueError("there is no such file: copy your public key to one, such as keys/alice.pub, and name that")
    return file.read_text(encoding="utf-8", errors="replace").strip()


@dataclass(frozen=True, kw_only=True)
class StreamlitSettings(CopySettings):
    """What the person who deploys has chosen for the machine and its page."""

    app: Path = setting("streamlit_src", folder, "the folder of your Streamlit app; relative to this checkout")
    entry_file: str = setting(
        "", str, "the script in it. Default: `app.py`, `streamlit_app.py`, or the only one that imports streamlit"
    )
    web_from: tuple[str, ...] = setting(
        "",
        parse_sources_of_the_page,
        "who may open the page: CIDRs, prefix lists (`pl-…`) or `world`, with commas between; with make also `my-ip`. "
        "More than a /8 of IPv4 or a /32 of IPv6 in all is refused: say `world`",
    )
    ssh_from: tuple[str, ...] = setting(
        "", parse_sources_of_a_login, "who may log in by SSH; more than a /16 in all is refused"
    )
    instance_type: str = setting(
        "t4g.small",
        matching(r"[a-z]+[0-9]{1,2}[a-z-]*\.[a-z0-9-]+", "the name of an EC2 instance type, such as t4g.small"),
        "the machine; the image follows its processor. Default in a lab: `t3.small`",
        in_lab="t3.small",
    )
    operating_system: str = setting(
        "amazon-linux-2023", one_of("amazon-linux-2023", "ubuntu-24.04"), "`amazon-linux-2023` or `ubuntu-24.04`"
    )
    image: str = setting(
        "",
        matching(r"(ami-[0-9a-f]{8,17})?", "the id of an image, such as ami-0123456789abcdef0"),
        "an image of that operating system, `ami-…`; on a minimal one of Amazon Linux Session Manager's agent is "
        "missing. Default: the newest whenever a machine is launched",
    )
    generation: str = setting(
        "1",
        matching(r"[A-Za-z0-9_-]{1,40}", "1 to 40 letters, digits, hyphens and underscores"),
        "any word; another one makes a new machine, with the newest image, at the same address",
    )
    zone: str = setting(
        "first",
        parse_zone,
        "in which zone of its network the machine stands, `first` or `second`; with make also `auto`: the one that has "
        "the instance type",
    )
    vpc: Network | None = setting(
        "",
        parse_network,
        "with make `default`, the account's default VPC, or the id of another one with public subnets, `vpc-…`: so "
        "that many copies fit into one account. Default: a network of the copy's own",
    )
    machines: tuple[int, int] = setting(
        "1",
        parse_machines,
        f"`1`, or from and to how many, such as `2-4`, {MOST_MACHINES} at most: [a fleet](fleet.md) behind a load "
        "balancer, over two zones. What was one machine then has another address, and the other way round",
    )
    spot: bool = setting(
        "false",
        flag,
        "`true`, with such a fleet: all machines but one are on Spot, at about a third of the price, and AWS may take "
        "each of these back; the one may be all there is for the minutes of a boot",
    )
    office_hours: Hours | None = setting(
        "",
        parse_hours,
        f"when the machine runs, such as `{EXAMPLE}`: it is started and stopped at these times, and what it "
        "costs is by the hour. Days are `MON-FRI` or `MON,WED`; 22:00-06:00 ends on the day after. Default: always",
    )
    idle_stop: int | None = setting(
        "",
        parse_idle,
        "`45m` or `2h`, from 10m to 24h: the machine stops by itself once nobody has had the page open for so long; "
        "`python -m ops start`, or its office hours, start it again. Another value makes a new machine. Default: never",
    )
    https: bool = setting(
        "false",
        flag,
        "`true`: the page is at an HTTPS address, by CloudFront and without a domain; `web_from` then takes no prefix "
        "lists",
    )
    sign_in: bool = setting(
        "false",
        flag,
        "`true`, with `https=true`: people sign in before they see the page; `python -m ops users add` makes accounts, "
        "which end for good where this is turned off",
    )
    port: int = setting("8501", number(1024, 65535), "where the page is, 1024 to 65535")
    public_key: str | None = setting(
        "",
        _public_key,
        "the file of your own public key in this checkout, such as `keys/alice.pub`, so that no private key ever "
        "reaches AWS",
    )

    @classmethod
    def contradictions(cls, values: Mapping[str, Any]) -> list[str]:
        """Say what an HTTPS address has no place for, a sign-in without one, and one machine or a fleet."""
        return [
            *contradictions_of_machines(values),
            *contradictions_of_power(values, fleet=values["machines"] != ONE_MACHINE),
            *cls._contradictions_of_https(values),
        ]

    @classmethod
    def _contradictions_of_https(cls, values: Mapping[str, Any]) -> list[str]:
        if not values["https"]:
            lacks = (
                "sign_in=true needs https=true as well, as nobody should type a password into plain HTTP: say "
                "HTTPS=true, or HTTPS= SIGN_IN= for neither"
            )
            return [lacks] if values["sign_in"] else []
        lists = [source for source in values["web_from"] if source.startswith("pl-")]
        logins = len(values["ssh_from"])
        too_many = (
            f"ssh_from names {logins}, and of a security group's 60 rules https=true leaves {MOST_BESIDE_AN_EDGE}, as "
            "CloudFront takes 55, and the move between one machine and a fleet one: name fewer and larger"
        )
        return [
            *(["https=true: a lab has no CloudFront, so leave it out"] if values["account"] == LAB else []),
            *(f"web_from={name}: the edge of https=true knows no prefix lists, so name CIDRs" for name in lists),
            *([too_many] if logins > MOST_BESIDE_AN_EDGE else []),
        ]

    @property
    def is_fleet(self) -> bool:
        """Whether there are several machines."""
        return self.machines != ONE_MACHINE
