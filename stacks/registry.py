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
EXTRA_NAMES = MappingProxyType({word: name for word, (name, _) in EXTRAS.items()})
DESCRIBE = EXTRA_NAMES["describe"]
# Each with its settings. A copy has all but the extras, and of these what its setting `extras` names.
ALL_STACKS: Mapping[str, type[CopySettings]] = MappingProxyType(
    {MEAN: CalculateMeanSettings, PAGE: StreamlitSettings, DESCRIBE: DescribeSettings}
)
SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {name: declared for kind in ALL_STACKS.values() for name, declared in settings_of(kind).items()}
)


def usual_stacks(copy: str) -> list[str]:
    """Name the stacks that a copy has whatever its settings say."""
    return [named(name, copy) for name in ALL_STACKS if name not in EXTRA_NAMES.values()]


def possible_stacks(copy: str) -> list[str]:
    """Name all stacks that a copy may have."""
    return [named(name, copy) for name in ALL_STACKS]


def stacks_with(copy: str, extras: Iterable[str]) -> list[str]:
    """Name the stacks of a copy that was told these extras."""
    # Another version of the app may have been told of others.
    return [*usual_stacks(copy), *(named(EXTRA_NAMES[extra], copy) for extra in extras if extra in EXTRA_NAMES)]
