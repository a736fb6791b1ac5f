"""Whether what was told are settings, and values that they can take; free of the CDK, as the registry is."""

import difflib
from collections.abc import Iterable, Mapping

from stacks.copy_settings import MAIN
from stacks.registry import ALL_STACKS, SETTINGS
from stacks.setting import SettingsError, parse_settings


def check_each(told: Mapping[str, str]) -> None:
    """Raise one error that lists every value that its setting cannot take, whatever the others are."""
    _raise(error for kind in ALL_STACKS.values() for error in parse_settings(kind, told)[1])


def check_values(told: Mapping[str, str]) -> None:
    """Raise such an error of all that a copy is told, also where two of them do not go together."""
    _raise(error for kind in ALL_STACKS.values() for error in kind.parse(told)[1])


def _raise(errors: Iterable[str]) -> None:
    if errors := list(errors):
        raise SettingsError("\n".join(dict.fromkeys(errors)))


def check_copy(copy: str) -> None:
    """Raise unless a text names a copy; no text names none, lest an unset variable of a shell mean the first."""
    if not copy:
        raise SettingsError(f"copy is empty: say {MAIN}, or the name of another copy")
    check_values({"copy": copy})


def check_names(names: Iterable[str]) -> None:
    """Raise unless each is the name of a setting."""
    unknown = sorted(set(names) - SETTINGS.keys())
    if unknown:
        raise SettingsError("\n".join(unknown_setting(name) for name in unknown))


def unknown_setting(name: str) -> str:
    """Say that there is no such setting, and which was meant or which there are."""
    close = closest(name)
    meant = f"did you mean {close}? The settings" if close else "the settings"
    return f"{name} is not a setting; {meant} are {', '.join(sorted(SETTINGS))}"


def closest(name: str) -> str | None:
    """Find the setting whose name somebody may have mistyped."""
    # Capitals are how make spells them.
    found = difflib.get_close_matches(name.lower(), SETTINGS, n=1, cutoff=0.75)
    return found[0] if found else None
