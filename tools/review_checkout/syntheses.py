"""What is synthesized of each side, and how."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from review_checkout.errors import CheckoutError
from review_checkout.programs import last_lines, running

MAIN = "main.json"
# Examples, of addresses that are nobody's: closed doors show nothing of how doors are made.
OPEN = {
    "web_from": "203.0.113.0/24,pl-12345678",
    "ssh_from": "203.0.113.7/32",
    "allow_origins": "https://example.org",
}
# What `python app.py` and a deploy need: of the others the templates know nothing.
LOCK = "requirements.txt"
# An assembly without stacks, of a copy that is not there on one side.
NOTHING = json.dumps({"version": "1.0.0", "artifacts": {}})


@dataclass(frozen=True)
class Side:
    """A checkout, what a person calls it, and where its assemblies go."""

    said: str
    checkout: Path
    output: Path
    # Whose Python and Node synthesize.
    environment: Path

    def copies(self) -> dict[str, bytes]:
        """Give what each copy was told, by the names of their files."""
        return {file.name: file.read_bytes() for file in (self.checkout / "copies").glob("*.json")}


def settings_of_each(base: Side, head: Side) -> dict[str, dict[str, str]]:
    """Give what to synthesize, by name, with the settings of each."""
    before, after = base.copies(), head.copies()
    found: dict[str, dict[str, str]] = {"main": {}}
    for name in sorted(before.keys() | after.keys()):
        if name != MAIN and before.get(name) != after.get(name):
            found[f"copy-{Path(name).stem}"] = {"copy": Path(name).stem}
    # A main copy that was told nothing is closed.
    if MAIN in before or MAIN in after:
        found["doors-closed"] = dict.fromkeys(OPEN, "")
    return {**found, "doors-open": OPEN}


def synthesize(name: str, settings: Mapping[str, str], sides: Iterable[Side]) -> None:
    """Synthesize the sides beside each other."""
    with ExitStack() as programs:
        started = []
        for side in sides:
            output, log = side.output / name, side.output.with_name(f"{side.output.name}-{name}.log")
            output.mkdir(parents=True)
            if "copy" in settings and f"{settings['copy']}.json" not in side.copies():
                (output / "manifest.json").write_text(NOTHING, encoding="utf-8")
                continue
            command = [str(side.environment / "bin" / "python"), "app.py"]
            app = running(command, side.checkout, environment(side, output, settings), log)
            started.append((side, programs.enter_context(app), log))
        for side, program, log in started:
            if program.wait():
                raise CheckoutError(f"{side.said} does not synthesize ({name}); its last lines:\n{last_lines(log)}")


def environment(side: Side, output: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Give what the app is told: nothing of whoever asks, no key and no account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_", "DATA_COMPUTE_"))}
    own = side.environment.is_relative_to(side.checkout)
    return {
        **kept,
        "PATH": os.pathsep.join([str(side.environment / "bin"), os.environ.get("PATH", os.defpath)]),
        # Before what the environment knows of the library, which is this checkout's.
        "PYTHONPATH": os.pathsep.join(str(side.checkout / folder) for folder in ("tools", "constructs")),
        # An environment that is made for once keeps its bytecode; of another folder's sources none is kept here.
        **({"PYTHONPYCACHEPREFIX": str(side.environment / "cache")} if own else {"PYTHONDONTWRITEBYTECODE": "1"}),
        "CDK_OUTDIR": str(output),
        "CDK_CONTEXT_JSON": json.dumps(settings),
        # `make synth` asks for that; here it would only take longer.
        "CDK_VALIDATION": "false",
    }


def environment_of(checkout: Path) -> Path:
    """Give the environment that a commit's files synthesize with: this one, or their own where their lock differs."""
    lock = checkout / LOCK
    if lock.is_file() and lock.read_bytes() == Path(LOCK).read_bytes():
        return Path(sys.prefix)
    if not (checkout / "tools" / "set-up").is_file():
        raise CheckoutError("BASE needs other packages than this checkout and has no tools/set-up: name a newer commit")
    with running(["sh", "tools/set-up", "python"], checkout, os.environ) as set_up:
        if set_up.wait():
            raise CheckoutError("BASE needs other packages than this checkout, and its set-up failed as it says above")
    return checkout / ".venv"
