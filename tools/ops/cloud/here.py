"""Where a command works, and how it answers."""

from dataclasses import dataclass
from typing import Any

from ops.answers.output import say, say_json
from ops.cloud.clients import Aws
from stacks.copy_settings import named


@dataclass(frozen=True)
class Here:
    """One copy, in one AWS."""

    aws: Aws
    copy: str
    json: bool

    def stack_name(self, name: str) -> str:
        """Name a stack of the copy."""
        return named(name, self.copy)

    def answer(self, facts: Any, text: str) -> None:
        """Print the result: facts for scripts, text for people."""
        if self.json:
            say_json(facts)
        else:
            say(text)
