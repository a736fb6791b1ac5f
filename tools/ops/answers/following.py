"""A command that goes on until Ctrl-C."""

import signal
import time
from collections.abc import Iterator


def until_interrupted(seconds: float) -> Iterator[None]:
    """Yield at once, and again every so many seconds; the system ends the process at Ctrl-C.

    For a loop that has nothing to put away. Python's own KeyboardInterrupt is lost where it arrives in a destructor,
    such as that of an answer just read.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        while True:
            yield
            time.sleep(seconds)
    finally:
        signal.signal(signal.SIGINT, before)
