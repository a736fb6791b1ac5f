"""What ``doctor`` looks at: this laptop, the account, and the way to the page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    # None: it could not be looked at, which fails nothing.
    ok: bool | None
    words: str
    # What to do; empty where there is nothing to do.
    next_step: str = ""
