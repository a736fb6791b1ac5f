"""What this process may write to its log. The log is billed by the byte, and visitors cause most of its lines.

Streamlit writes a line or a whole traceback for each odd message, request and failed run, and has no bound for it. Its
loggers each have a handler of their own, so the one place that all of them pass is the stream below.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TextIO

BURST_BYTES = 256_000
# 86 MB a day at the most, about five cents at $0.50 for each gigabyte.
BYTES_A_SECOND = 1_000
# Once it ran dry, the budget first fills up to here: a few whole tracebacks tell more than a line here and there.
_ENOUGH_AGAIN = BURST_BYTES // 4


class Budget:
    """Counts bytes: so many at once, so many a second after that."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: float = BURST_BYTES
        self._counted_at = clock()
        self._lines_missing = 0
        self._lock = threading.Lock()

    def write(self, text: str, write: Callable[[str], object]) -> None:
        """Write the text, or count it as missing; say first what has been missing until now."""
        with self._lock:
            now = self._clock()
            self._left = min(BURST_BYTES, self._left + (now - self._counted_at) * BYTES_A_SECOND)
            self._counted_at = now
            size = len(text.encode("utf-8", "replace"))
            if self._left < (max(size, _ENOUGH_AGAIN) if self._lines_missing else size):
                self._lines_missing += max(1, text.count("\n"))
                return
            if self._lines_missing:
                write(f"… and {self._lines_missing:,} more lines: the log's budget was used up.\n")
                self._lines_missing = 0
            self._left -= size
            write(text)


class BudgetedStream:
    """A text stream like the one it stands for, but for the budget."""

    def __init__(self, stream: TextIO, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def write(self, text: str) -> int:
        """Write the text if the budget allows it."""
        self._budget.write(text, self._stream.write)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each of the lines that the budget allows."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def install() -> None:
    """Put the process's output and error stream on one budget, for what has written to them before as well."""
    budget = Budget()
    old: dict[Any, Any] = {stream: BudgetedStream(stream, budget) for stream in (sys.stdout, sys.stderr)}
    sys.stdout, sys.stderr = old[sys.stdout], old[sys.stderr]
    for logger in [logging.root, *logging.root.manager.loggerDict.values()]:
        for handler in getattr(logger, "handlers", []):
            if isinstance(handler, logging.StreamHandler) and handler.stream in old:
                handler.setStream(old[handler.stream])
