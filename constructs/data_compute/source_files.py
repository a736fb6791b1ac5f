"""What never leaves the laptop with a folder of sources, so that the same sources give the same asset anywhere.

What `never_deployed/` names stays behind: caches, tests, the files in which people keep passwords for local runs, keys.
"""

from collections.abc import Sequence
from pathlib import Path


def _patterns(name: str) -> Sequence[str]:
    lines = Path(__file__).with_name("never_deployed").joinpath(name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


LEFT_BEHIND = _patterns("left_behind.txt")
KEYS = _patterns("keys.txt")
# For IgnoreMode.GIT: with IgnoreMode.GLOB a * would leave out names that begin with a dot.
NEVER_DEPLOYED = (*LEFT_BEHIND, *KEYS)
