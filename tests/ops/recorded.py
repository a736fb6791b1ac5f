"""A command in the CDK's place, which takes down what it was given."""

import json
import sys
from pathlib import Path

CODE = """
import json, pathlib, sys
pathlib.Path(sys.argv[1]).write_text(json.dumps(sys.argv[3:]))
sys.exit(int(sys.argv[2]))
"""


class Recorded:
    """Ends with the status that it is told to end with."""

    def __init__(self, folder: Path) -> None:
        self._script, self._taken = folder / "command.py", folder / "taken.json"
        self._script.write_text(CODE)

    def command(self, *words: str, status: int = 0) -> list[str]:
        return [sys.executable, str(self._script), str(self._taken), str(status), *words]

    @property
    def words(self) -> list[str] | None:
        """What it was given; None if it did not run."""
        return json.loads(self._taken.read_text()) if self._taken.exists() else None
