"""Where a rehearsal is played: an embedded AWS with a state folder of its own, that ends with it."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local_aws import cloud as clouds
from local_aws.cloud import Cloud
from local_aws.state import BYTECODE, State
from review_checkout.programs import last_lines, running
from review_checkout.syntheses import MAIN, Side


@contextmanager
def stage(scratch: Path, side: Side) -> Iterator[State]:
    """Give a state folder, and end what runs of it."""
    state = State(scratch / "state")
    try:
        yield state
    finally:
        if state.folder.exists():
            _local_aws(side, state, "down", log=scratch / "down.log")
        # Python keeps the bytecode of a file under the file's own path.
        shutil.rmtree(BYTECODE.joinpath(*scratch.parts[1:]), ignore_errors=True)


def deploy(side: Side, state: State, before: Mapping[str, str] | None = None) -> str | None:
    """Deploy the main copy as it was told, with the side's own tools; give the last lines where that failed.

    :param before: what it was told earlier, which the embedded AWS remembers.
    """
    words = {**dict.fromkeys(before or {}, ""), **told(side)}
    log = side.output.with_name(f"{side.output.name}-up.log")
    given = [word for name, text in words.items() for word in ("-c", f"{name}={text}")]
    # Its own logs lie in a folder that goes with it.
    return None if _local_aws(side, state, "up", *given, log=log) == 0 else last_lines(log, str(state.folder))


def told(side: Side) -> dict[str, str]:
    """Give what the main copy is told in the checkout, as of AWS."""
    file = side.copies().get(MAIN)
    return {name: str(text) for name, text in json.loads(file).items()} if file else {}


def cloud_of(state: State) -> Cloud:
    """Give the embedded AWS, which runs."""
    found = clouds.find(state)
    assert found  # noqa: S101 - something was deployed to it
    return found


def _local_aws(side: Side, state: State, *words: str, log: Path) -> int:
    binaries = (side.environment / "bin", Path.cwd() / "node_modules" / ".bin")
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([*map(str, binaries), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join(str(side.checkout / folder) for folder in ("tools", "constructs")),
    }
    command = [str(side.environment / "bin" / "python"), "-m", "local_aws", *words, "--state", str(state.folder)]
    with running(command, side.checkout, environment, log) as program:
        return program.wait()
