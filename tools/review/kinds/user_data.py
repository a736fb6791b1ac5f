"""What a new machine runs: the lines that come and go, and what no such script should do."""

import re
from collections.abc import Iterator
from difflib import unified_diff

from facts.schemas import at
from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.fact import Fact, Level, quoted
from review.fates import Weight, fates
from review.machines import machine_data, machines
from review.moves import Pair
from review.spelling import DIGEST
from review.values import text

TELLS = ("user-data", "piped-to-shell", "user-data-too-long", "signal")
ONLY_CHANGES = ("user-data", "signal")
# EC2 refuses more, counted before base64.
LIMIT_BYTES = 16 * 1024
SHELL = r"(?:\S{0,40}/)?(?:(?:ba|da|z|k)?sh|python[\d.]*)\b"
# A command ends with its line, unless a backslash joins it to the next.
COMMAND = re.compile(r"(?:\\\n|[^\n;])+")
FETCH = re.compile(r"\b(?:curl|wget)\b")
# Also through another program.
INTO_SHELL = re.compile(rf"\|\s*(?:sudo\s+(?:-\S+\s+)*)?{SHELL}")
FETCHED_BY_SHELL = re.compile(rf"\b{SHELL}\s+(?:-c\s+)?[\"']?(?:<\(|\$\()\s*(?:curl|wget)\b")
SIGNALS = re.compile(r"cfn-signal|signal-resource|SignalResource")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell what a script does that it should not."""
    for machine in machines(assembly):
        script = text(machine.data.get("UserData"))
        for number, line in enumerate(_piped(script)):
            sentence = f"A new machine runs, as root, whatever the net sends it that day: {quoted(line)}."
            yield machine.resource.fact("piped-to-shell", Level.STOP, sentence, str(number or ""), line=line)
        if (size := len(script.encode())) > LIMIT_BYTES:
            sentence = f"EC2 refuses the machine: its user data has {size:,} bytes, and {LIMIT_BYTES:,} are allowed."
            yield machine.resource.fact("user-data-too-long", Level.STOP, sentence, bytes=size)


def _piped(script: str) -> Iterator[str]:
    # In one pass for each command, as a script may be made to take for ever.
    for command in COMMAND.findall(script[:LIMIT_BYTES]):
        if fetch := FETCH.search(command):
            if shell := INTO_SHELL.search(command, fetch.start()):
                yield command[fetch.start() : shell.end()]
            elif by_shell := FETCHED_BY_SHELL.search(command):
                yield command[by_shell.start() :]


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell which lines come and go, and which faults with them."""
    stood = {_fault(fact) for fact in standing(comparison.before)}
    yield from (fact for fact in standing(comparison.after) if _fault(fact) not in stood)
    shown = {machine.resource for machine in machines(comparison.after)}
    for pair in comparison.pairs:
        if pair.after in shown:
            old = text(machine_data(comparison.before, pair.before).get("UserData"))
            new = text(machine_data(comparison.after, pair.after).get("UserData"))
            fate = fates(comparison).get(pair)
            yield from _other_lines(pair.after, old, new, runs=not fate or fate.weight > Weight.INTERRUPTED)
            yield from _signals(pair, tells=[bool(SIGNALS.search(script)) for script in (old, new)])


def _fault(fact: Fact) -> tuple[str, ...]:
    return fact.kind, fact.stack, fact.path, str(fact.values.get("line"))


def _other_lines(resource: Resource, old: str, new: str, *, runs: bool) -> Iterator[Fact]:
    lines = list(unified_diff(old[:LIMIT_BYTES].splitlines(), new[:LIMIT_BYTES].splitlines(), n=0, lineterm=""))[2:]
    lines = [line for line in lines if not line.startswith("@@")]
    come, go = (sum(line.startswith(sign) for line in lines) for sign in "+-")
    # Which files have other names the files themselves tell.
    if DIGEST.sub("", old) != DIGEST.sub("", new):
        sentence = f"What a new machine runs changes; lines that come: {come}, that go: {go}."
        if not runs:
            sentence += " This machine is not new, and does not run them."
        yield resource.fact("user-data", Level.LOOK, sentence, lines=lines)


def _signals(pair: Pair, *, tells: list[bool]) -> Iterator[Fact]:
    """Tell of a machine that said when it was well, and no longer does."""
    waited, waits = (bool(at(one.body, ["CreationPolicy", "ResourceSignal"])) for one in (pair.before, pair.after))
    if waited and not waits:
        sentence = "No deploy waits for the machine any more: it is green, whether the machine came up or not."
        yield pair.after.fact("signal", Level.STOP, sentence)
    elif waits and tells == [True, False]:
        sentence = "The deploy waits for a signal that the machine's script no longer sends, and will roll back."
        yield pair.after.fact("signal", Level.STOP, sentence)
