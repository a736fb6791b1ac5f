"""Which stacks a copy of the app has, in the order of their deploy, and what each can be told.

Free of the CDK, as ops and the embedded AWS load none. The app defines exactly these stacks, so `cdk … --all` deploys
them; status and the boot's watch ask for these; the embedded AWS tells of these first; whatever else a copy has is what
its settings no longer want.
"""

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from stacks.calculate_mean_settings import CalculateMeanSettings
from stacks.copy_settings import CopySettings, named
from stacks.setting import Setting, SettingsError, parse_settings, settings_of
from stacks.streamlit_settings import StreamlitSettings

# The tag of every stack, and of what is in it.
PROJECT = "cdk-data-compute"
MEAN = "CalculateMean"
PAGE = "Streamlit"
STACKS: Mapping[str, type[CopySettings]] = MappingProxyType({MEAN: CalculateMeanSettings, PAGE: StreamlitSettings})
SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {name: declared for kind in STACKS.values() for name, declared in settings_of(kind).items()}
)


def stack_names(copy: str) -> list[str]:
    """Name the stacks of a copy."""
    return [named(name, copy) for name in STACKS]


def check_values(told: Mapping[str, str]) -> None:
    """Raise one error that lists every value that its setting cannot take."""
    errors = [error for kind in STACKS.values() for error in parse_settings(kind, told)[1]]
    if errors:
        raise SettingsError("\n".join(dict.fromkeys(errors)))


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
