"""How long the budget of an AWS Academy Learner Lab lasts."""

from collections.abc import Sequence

from ops.cloud.costs import DAYS_A_MONTH, Line, total

DOLLARS = 50
SESSIONS = "a new session starts every machine again, also one that you have stopped"


def days(lines: Sequence[Line]) -> dict[str, int | None]:
    """Work out the days that all of it lasts at this rate; None where a price is unknown."""
    month = total(lines)
    return {"running": _days(month.running), "stopped": _days(month.stopped)}


def in_words(lines: Sequence[Line]) -> str:
    """Say it, and what deceives about it."""
    last = {state: "unknown" if count is None else f"{count} days" for state, count in days(lines).items()}
    return (
        f"A lab's ${DOLLARS} last at this rate: running {last['running']}, stopped {last['stopped']}. The lab's own "
        f"figure of what is spent is 8 to 12 hours late, and {SESSIONS}."
    )


def _days(month: float | None) -> int | None:
    # Whatever is deployed has an address at least, which costs.
    return None if not month else int(DOLLARS / month * DAYS_A_MONTH)
