"""The settings that every stack of a copy has."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from stacks.lab_names import LAB
from stacks.setting import SettingsError, flag, matching, one_of, parse_settings, parts, setting, settings_of

# The copy whose stacks and function have no suffix.
MAIN = "main"
# Stacks beside the function's and the page's: by the word that asks for each its name, and what it is.
EXTRAS = MappingProxyType({"describe": ("Describe", "a function that brings pandas")})
# The account of which a person may do everything.
OWN = "own"
# By days, as CloudWatch Logs and the CDK name them.
RETENTION = MappingProxyType(
    {
        1: "ONE_DAY",
        3: "THREE_DAYS",
        7: "ONE_WEEK",
        14: "TWO_WEEKS",
        30: "ONE_MONTH",
        90: "THREE_MONTHS",
        180: "SIX_MONTHS",
        365: "ONE_YEAR",
    }
)


def named(name: str, copy: str) -> str:
    """Name a thing so that a second copy of the app fits beside the first."""
    return name if copy == MAIN else f"{name}-{copy}"


def _days(text: str) -> int:
    if text not in map(str, RETENTION):
        raise ValueError(f"use one of {', '.join(map(str, RETENTION))}")
    return int(text)


def _extras(text: str) -> tuple[str, ...]:
    if unknown := [extra for extra in parts(text) if extra not in EXTRAS]:
        raise ValueError(f"there is no {unknown[0]}: use {', '.join(EXTRAS)}")
    return parts(text)


# No capitals: on many a laptop two files that differ in them only are one.
parse_copy = matching(r"[a-z][a-z0-9-]{0,19}", "up to 20 small letters, digits and hyphens, such as alice")


@dataclass(frozen=True, kw_only=True)
class CopySettings:
    """What the person who deploys has chosen for a whole copy."""

    copy: str = setting(
        MAIN,
        parse_copy,
        "`alice` names a second copy: stacks `CalculateMean-alice`, `Streamlit-alice`",
    )
    account: str = setting(
        OWN,
        one_of(OWN, LAB),
        "`own`, or `lab`: [an AWS Academy Learner Lab](lab.md), where nobody may make a role",
    )
    log_retention_days: int = setting("30", _days, f"how long logs are kept: {', '.join(map(str, RETENTION))} days")
    termination_protection: bool = setting("false", flag, "`true`: CloudFormation refuses to delete the stacks")
    extras: tuple[str, ...] = setting(
        "",
        _extras,
        "more stacks, commas between: " + "; ".join(f"`{word}`, {what}" for word, (_, what) in EXTRAS.items()),
    )
    # What was told of these settings, and is not the default anyway.
    told: Mapping[str, str]

    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        """Read a stack's settings from what a copy was told, or raise one ``SettingsError`` for all that is wrong."""
        values, errors = cls.parse(told)
        if errors:
            raise SettingsError("\n".join(errors))
        declared = settings_of(cls).items()
        defaults = {name: one.parse(one.default_for(told)) for name, one in declared}
        changed = {name: told[name].strip() for name in sorted(values) if values[name] != defaults[name]}
        # Which copy it is stands in the stack's own name.
        changed.pop("copy", None)
        return cls(**values, told=changed)

    @classmethod
    def parse(cls, told: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """Give the values of what a copy was told, and what is wrong: of each by itself, or else of them together."""
        values, errors = parse_settings(cls, told)
        return values, errors or cls.contradictions(values)

    @classmethod
    def contradictions(cls, values: Mapping[str, Any]) -> list[str]:  # noqa: ARG003 - for a stack's own settings
        """Say which values do not go together."""
        return []

    @property
    def in_lab(self) -> bool:
        """Whether the account is an AWS Academy Learner Lab."""
        return self.account == LAB

    def named(self, name: str) -> str:
        """Name a thing of this copy."""
        return named(name, self.copy)
