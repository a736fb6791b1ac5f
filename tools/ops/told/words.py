"""The settings that a person has typed: checked strictly, and made to mean the same on another day and laptop."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from stacks.checks import check_names, check_values
from stacks.setting import CHECKOUT, SettingsError
from stacks.streamlit_settings import DOORS

PATHS = ("app", "public_key")


def settle(words: Mapping[str, str], find_zone: Callable[[Mapping[str, str]], str]) -> dict[str, str]:
    """Look up what only a moment or a place gives meaning to, and raise unless every word is a setting's.

    :param find_zone: answers ``zone=auto``, given the words.
    """
    check_names(words)
    settled = {name: _settle(name, text.strip()) for name, text in words.items()}
    wanted = settled.get("zone") == "auto"
    # Before AWS is asked for a zone.
    check_values({**settled, "zone": ""} if wanted else settled)
    return {**settled, "zone": find_zone(settled)} if wanted else settled


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
