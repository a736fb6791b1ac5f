"""The settings of the extra stack ``Describe``."""

from dataclasses import dataclass

from stacks.copy_settings import CopySettings
from stacks.setting import matching, setting


@dataclass(frozen=True, kw_only=True)
class DescribeSettings(CopySettings):
    """What the person who deploys has chosen for the function that describes tables."""

    csv_bucket: str = setting(
        "",
        matching(r"|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of a bucket, such as my-tables"),
        "with `extras=describe`: a bucket whose files `describe` may read when it is invoked by its name",
    )
