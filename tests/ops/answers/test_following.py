"""A loop that Ctrl-C ends, whatever the moment."""

import signal
import subprocess
import sys

IN_A_DESTRUCTOR = """
import os, signal
from ops.answers.following import until_interrupted

class Answer:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(1000))

for count, _ in enumerate(until_interrupted(0.01)):
    if count == 3:
        raise SystemExit("still here")
    Answer()
"""


def test_an_interrupt_in_a_destructor_is_not_lost() -> None:
    # Whatever started the tests may ignore it, and children inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        done = subprocess.run([sys.executable, "-c", IN_A_DESTRUCTOR], capture_output=True, text=True, check=False)
    finally:
        signal.signal(signal.SIGINT, before)
    assert done.returncode == -signal.SIGINT, done.stderr
