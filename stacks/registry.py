"""Which stacks a copy of the app has, in the order of their deploy, and what each can be told.

Free of the CDK, as ops and the embedded AWS load none. The app defines exactly these stacks, so `cdk … --all` deploys
them; status and the boot's watch ask for these; the embedded AWS tells of these first; whatever else a copy has is what
its settings no longer want.
"""

from collections.abc import Mapping
from types import MappingProxyType

from stacks.calculate_mean_settings import CalculateMeanSettings
from stacks.copy_settings import CopySettings, named
from stacks.setting import Setting, settings_of
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
