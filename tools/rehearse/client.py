"""A client that keeps asking while something else is done."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from ops.cloud.probe import Health

PAUSE_SECONDS = 0.1


@dataclass
class Answers:
    """How somebody has answered who was asked all along."""

    good: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    # Between two good answers, or from one on.
    longest_gap: float = 0.0


@contextmanager
def asking(questions: Mapping[str, Callable[[], Health]]) -> Iterator[dict[str, Answers]]:
    """Ask, each in a thread of its own, until the block is done; then the answers are complete."""
    answers = {name: Answers() for name in questions}
    done = threading.Event()
    threads = [
        threading.Thread(target=_ask, args=(question, answers[name], done), daemon=True)
        for name, question in questions.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _ask(question: Callable[[], Health], answers: Answers, done: threading.Event) -> None:
    since = time.monotonic()
    while True:
        # The last question is asked after all is done: a gap that has not ended by then shows.
        last = done.is_set()
        health = question()
        answers.longest_gap = max(answers.longest_gap, time.monotonic() - since)
        if health.ok:
            answers.good += 1
            since = time.monotonic()
        else:
            answers.errors[health.words] += 1
        if last:
            return
        done.wait(PAUSE_SECONDS)
