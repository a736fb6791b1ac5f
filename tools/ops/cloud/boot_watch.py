"""Reads boot logs while a deploy runs: should a first deploy fail, CloudFormation deletes them with the stack."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from ops.answers.errors import passing_over
from ops.cloud.boot_log import STREAM_SUFFIX, last_lines
from ops.cloud.here import Here
from ops.cloud.log_groups import find_log_group
from ops.cloud.machine_logs import machine_streams
from ops.cloud.stack import read_stack
from stacks import outputs
from stacks.registry import PAGE

# A failed machine's log outlives it by half a minute or more.
PAUSE_SECONDS = 3.0
# How long the end of a deploy may wait for the last look.
FAREWELL_SECONDS = 1.0


class BootWatch:
    """Looks for new boot logs in the background; whatever keeps it from looking disturbs nobody."""

    def __init__(self, here: Here, assembly: Path) -> None:
        self._here, self._assembly = here, assembly
        # The boots of earlier deploys; None until we could look for them.
        self._earlier: set[str] | None = None
        # The end of each boot log that has come since the start, by stream.
        self.logs: dict[str, list[str]] = {}
        # Why the latest look failed, if it did.
        self.trouble: Exception | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ending.set()
        self._thread.join(FAREWELL_SECONDS)

    def look(self) -> None:
        """Take down what is there now."""
        group = self._group()
        streams = self._streams(group) if group else set()
        if self._earlier is None:
            self._earlier = streams
        for stream in streams - self._earlier:
            # A stream is there before its lines are.
            if group and (lines := last_lines(self._here, group, stream)):
                self.logs[stream] = lines

    def _watch(self) -> None:
        ending = False
        while not ending:
            # Read before the look, so that one look follows the end of the deploy.
            ending = self._ending.is_set()
            try:
                self.look()
                self.trouble = None
            except Exception as error:
                self.trouble = error
            self._ending.wait(PAUSE_SECONDS)

    def _group(self) -> str | None:
        stack = read_stack(self._here, self._here.stack_name(PAGE))
        return find_log_group(self._here, stack, outputs.SERVER_LOGS, self._assembly) if stack else None

    def _streams(self, group: str) -> set[str]:
        # A stack that was rolled back still names the group it has deleted.
        with passing_over("ResourceNotFoundException"):
            return {str(stream["logStreamName"]) for stream in machine_streams(self._here, group, STREAM_SUFFIX)}
        return set()
