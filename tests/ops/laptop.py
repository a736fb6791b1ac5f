"""A checkout on somebody's laptop, whose AWS is the embedded one."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.local_aws.checkout import Checkout

# Who may open the page that is up.
WEB_FROM = "203.0.113.7/32"
MAKE_NEEDS = ("Makefile", "requirements-dev.txt", "pyproject.toml", "package-lock.json")
# What the CDK's own command line keeps between commands.
CDK_KEEPS = {"context": {"cli-telemetry": False, "acknowledged-issue-numbers": [34892]}}


@dataclass
class Laptop:
    """A checkout on somebody's laptop, whose AWS is the embedded one."""

    checkout: Checkout
    environment: dict[str, str]

    def make(self, *words: str, **exported: str) -> "subprocess.CompletedProcess[str]":
        """Run make as if the set-up were done; nobody is at a terminal."""
        ready = ("--old-file=.venv/.ready", "--old-file=node_modules/.ready")
        return self.run(["make", *ready, *words], **exported)

    def run(self, command: list[str], **exported: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            command,
            cwd=self.checkout.folder,
            env=self.environment | exported,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=150,
        )

    def deploy(self, *words: str, **exported: str) -> str:
        """Deploy, which must go well, and give what was said."""
        done = self.make("deploy", *words, **exported)
        assert done.returncode == 0, done.stdout
        return done.stdout

    @property
    def told(self) -> Any:
        """What the checkout remembers of the main copy."""
        file = self.checkout.folder / "copies" / "main.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def laptop(folder: Path, environment: dict[str, str]) -> Laptop:
    """Give somebody a checkout."""
    checkout = Checkout.copy(folder, environment)
    for name in MAKE_NEEDS:
        shutil.copy(Path(__file__).parents[2] / name, folder / name)
    return Laptop(checkout, checkout.environment)
