"""The settings that a person has typed: checked strictly, and made to mean the same on another day and laptop."""

import os
from collections.abc import Mapping
from pathlib import Path

from ops.told.looked_up import LookUps, questions
from stacks.checks import check_each, check_names
from stacks.door_settings import DOORS
from stacks.setting import CHECKOUT, SettingsError

PATHS = ("app", "public_key")


def settle(words: Mapping[str, str], look_ups: LookUps) -> dict[str, str]:
    """Look up what only a moment or a place gives meaning to, and raise unless every word is a setting's."""
    check_names(words)
    settled = {name: _settle(name, text.strip()) for name, text in words.items()}
    wanted = questions(settled)
    # Before AWS is asked.
    check_each({**settled, **dict.fromkeys(wanted, "")})
    for name in wanted:
        settled[name] = look_ups[name](settled)
    return settled


def _settle(name: str, text: str) -> str:
    if name in DOORS:
        # Here, not above: most runs ask nobody.
        from ops.cloud.my_ip import replace_my_ip

        return replace_my_ip(text)
    if name in PATHS and text:
        path = Path(text).expanduser()
        if not path.exists():
            where = "there" if path.is_absolute() else f"of that name in {Path.cwd()}"
            raise SettingsError(f"{name}={text!r}: there is nothing {where}")
        # From the one place that every checkout has.
        return Path(os.path.relpath(path, CHECKOUT)).as_posix()
    return text
