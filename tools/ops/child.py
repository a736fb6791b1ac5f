"""Running another command as if it had been typed instead of ours."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from ops.answers.errors import OpsError
from stacks.setting import CHECKOUT

FORWARDED = (signal.SIGTERM, signal.SIGHUP)


def run(command: Sequence[str]) -> int:
    """Run a command with our terminal, and give its exit status as a shell does."""
    # The checkout's own command line of the CDK comes last, which is on PATH for make alone.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(CHECKOUT / "node_modules" / ".bin")])
    children: list[subprocess.Popen[bytes]] = []
    early: list[int] = []
    with _signals_to(children, early):
        try:
            children.append(subprocess.Popen(command, env=os.environ | {"PATH": path}))  # noqa: S603 - what the person has typed
        except OSError as error:
            raise OpsError(f"can't run {command[0]}: {error.strerror}") from None
        for number in early:
            children[0].send_signal(number)
        status = children[0].wait()
    return 128 - status if status < 0 else status


@contextmanager
def _signals_to(children: Sequence[subprocess.Popen[bytes]], early: list[int]) -> Iterator[None]:
    """Leave it to the child how to take a signal; one that comes before we know the child is kept for it."""

    def forward(number: int, _: FrameType | None) -> None:
        if not children:
            early.append(number)
        for child in children:
            child.send_signal(number)

    def stay(_number: int, _: FrameType | None) -> None:
        """Wait for the child: the terminal sends Ctrl-C to it as well."""

    before = {}
    for number, handler in {signal.SIGINT: stay, **dict.fromkeys(FORWARDED, forward)}.items():
        # What nohup or a background job ignores stays ignored, by the child too.
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
