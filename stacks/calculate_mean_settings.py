"""The settings of the stack of ``calculate_mean``."""

from dataclasses import dataclass

from stacks.copy_settings import CopySettings
from stacks.setting import matching, number, parts, setting


@dataclass(frozen=True, kw_only=True)
class CalculateMeanSettings(CopySettings):
    """What the person who deploys has chosen for the function and its API."""

    function_name: str = setting(
        "calculate_mean",
        matching(r"[A-Za-z0-9_-]{1,43}", "1 to 43 letters, digits, hyphens and underscores"),
        "the function's name",
    )
    allow_origins: tuple[str, ...] = setting(
        "", parts, "web pages that may call the API from a browser, such as `https://example.org`"
    )
    rate_limit: int = setting(
        "5", number(1, 10_000), "requests a second that the API takes on average; [it bounds the bill](costs.md)"
    )
    burst_limit: int = setting("20", number(1, 5_000), "requests at once that the API takes")
