"""Ships a machine's logs to CloudWatch Logs, as the agent on the real machine does."""

import threading
import time
from pathlib import Path
from typing import Any

PERIOD_SECONDS = 0.5
# CloudWatch Logs takes 10,000 events or 1 MiB a call.
LINES_A_CALL = 1000


class LogAgent:
    """Follows one file."""

    def __init__(self, client: Any, group: str, stream: str, file: Path) -> None:
        self._client, self._group, self._stream, self._file = client, group, stream, file
        self._position = 0
        self._partial = b""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Follow the file until ``finish``."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._follow, daemon=True, name=f"logs {self._stream}")
        self._thread.start()

    def finish(self) -> None:
        """Ship what is left, and end."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=5)
        self._ship()

    def _follow(self) -> None:
        while not self._stop.wait(PERIOD_SECONDS):
            self._ship()

    def _ship(self) -> None:
        lines = self._new_lines()
        for start in range(0, len(lines), LINES_A_CALL):
            now = int(time.time() * 1000)
            events = [{"timestamp": now, "message": line or " "} for line in lines[start : start + LINES_A_CALL]]
            try:
                self._put(events)
            except Exception as error:
                # The group is deleted with its stack while the machine still has something to say.
                print(f"log agent: {self._stream}: {error}", flush=True)

    def _put(self, events: list[dict[str, Any]]) -> None:
        place = {"logGroupName": self._group, "logStreamName": self._stream}
        try:
            self._client.put_log_events(**place, logEvents=events)
        except self._client.exceptions.ResourceNotFoundException:
            self._client.create_log_stream(**place)
            self._client.put_log_events(**place, logEvents=events)

    def _new_lines(self) -> list[str]:
        try:
            with self._file.open("rb") as file:
                file.seek(self._position)
                arrived = file.read()
        except FileNotFoundError:
            return []
        self._position += len(arrived)
        *lines, self._partial = (self._partial + arrived).split(b"\n")
        return [line.decode(errors="replace") for line in lines]
