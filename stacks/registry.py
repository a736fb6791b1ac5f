"""Which stacks a copy of the app has, in the order of their deploy, and what each can be told.

Free of the CDK, as ops and the embedded AWS load none. The app defines exactly these stacks, and the extras that a
setting names, so `cdk … --all` deploys them; status and the boot's watch ask for these; the embedded AWS tells of these
first; whatever else a copy has is what its settings no longer want.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from stacks.calculate_mean_settings import CalculateMeanSettings
from stacks.copy_settings import EXTRAS, CopySettings, named
from stacks.describe_settings import DescribeSettings
from stacks.setting import Setting, settings_of
from stacks.streamlit_settings import StreamlitSettings

# The tag of every stack, and of what is in it.
PROJECT = "cdk-data-compute"
MEAN = "CalculateMean"
PAGE = "Streamlit"
STACKS: Mapping[str, type[CopySettings]] = MappingProxyType({MEAN: CalculateMeanSettings, PAGE: StreamlitSettings})
# And those that only a copy has whose setting `extras` says so.
DESCRIBE = EXTRAS["describe"]
EXTRA_STACKS: Mapping[str, type[CopySettings]] = MappingProxyType({DESCRIBE: DescribeSettings})
SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        name: declared
        for kind in (*STACKS.values(), *EXTRA_STACKS.values())
        for name, declared in settings_of(kind).items()
    }
)


def kinds() -> dict[str, type[CopySettings]]:
    """List every stack that a copy may have, with its settings."""
    return {**STACKS, **EXTRA_STACKS}


def stack_names(copy: str, extras: Iterable[str] = EXTRAS) -> list[str]:
    """Name the stacks of a copy: all that it may have, or those that it has with these extras."""
    # Another version of the app may have been told of others.
    return [named(name, copy) for name in (*STACKS, *(EXTRAS[extra] for extra in extras if extra in EXTRAS))]
