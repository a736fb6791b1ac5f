"""How a setting is declared: one field of a dataclass, with its parser, its default and its help."""

import dataclasses
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stacks.lab_names import is_lab

CHECKOUT = Path(__file__).parents[1]


class SettingsError(ValueError):
    """A setting that there is not, or a value that it cannot take."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting, whose values are told as text."""

    parse: Callable[[str], Any]
    default: str
    help: str
    # In an AWS Academy Learner Lab, where that is another one.
    default_in_lab: str | None = None

    def default_for(self, told: Mapping[str, str]) -> str:
        """Give the default of a copy that was told this."""
        return self.default_in_lab if is_lab(told) and self.default_in_lab is not None else self.default


def setting(
    default: str,
    parse: Callable[[str], Any],
    help: str,  # noqa: A002 - as typer and argparse call it
    *,
    in_lab: str | None = None,
) -> Any:
    """Declare a field of a settings dataclass."""
    declared = Setting(parse=parse, default=default, help=help, default_in_lab=in_lab)
    return dataclasses.field(metadata={"setting": declared})


def settings_of(kind: type) -> Mapping[str, Setting]:
    """List what a settings dataclass declares, by name."""
    fields = dataclasses.fields(kind)
    return {field.name: field.metadata["setting"] for field in fields if "setting" in field.metadata}


def as_text(name: str, value: Any) -> str:
    """Give as text what JSON may hold as what it is."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
    raise SettingsError(f"{name} is {json.dumps(value)}: use a text")


def parse_settings(kind: type, told: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Parse what was told of a dataclass's settings: give the values, and what is wrong. No text is the default."""
    values, errors = {}, []
    for name, declared in settings_of(kind).items():
        text = told.get(name, "").strip()
        try:
            values[name] = declared.parse(text or declared.default_for(told))
        except ValueError as error:
            errors.append(f"{name}={text!r}: {error}")
    return values, errors


def matching(pattern: str, allowed: str) -> Callable[[str], str]:
    """Make a parser of texts of one form."""

    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"use {allowed}")
        return text

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """Make a parser of a few words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"use one of {', '.join(choices)}")
        return text

    return parse


def number(least: int, most: int) -> Callable[[str], int]:
    """Make a parser of whole numbers."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"use a number from {least} to {most}")
        return int(text)

    return parse


def parts(text: str) -> tuple[str, ...]:
    """Parse texts with commas between, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def flag(text: str) -> bool:
    """Parse ``true`` or ``false``."""
    return one_of("true", "false")(text) == "true"


def folder(text: str) -> Path:
    """Parse the path of a folder, relative to the checkout."""
    return Path(os.path.normpath(CHECKOUT / text))
