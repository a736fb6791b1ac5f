"""How long the laptop's cloud takes: `up`, `up` again, `down`; and how much of it is the CDK command line's own.

Usage: python tools/benchmarks/make_up.py [ROUNDS] [--cold]
Each round has a state folder of its own, beside whatever this checkout has up. --cold adds `make up` on a fresh clone
of this repository with empty package caches, which downloads everything.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from local_aws import cloud as clouds  # noqa: E402
from local_aws.state import State  # noqa: E402
from stacks.copy_settings import MAIN  # noqa: E402
from stacks.registry import usual_stacks  # noqa: E402

Figures = dict[str, float]


def timed(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[float, str]:
    """Run a command and return the seconds it took and what it said."""
    started = time.perf_counter()
    told = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if told.returncode:
        sys.exit(told.stdout + told.stderr)
    return time.perf_counter() - started, told.stdout + told.stderr


def cloudformation_seconds(state: State) -> float:
    """Add up how long CloudFormation worked on the stacks; the machine's boot is most of it."""
    cloud = clouds.find(state)
    if cloud is None:
        sys.exit("the embedded AWS went away in the middle")
    total = 0.0
    for name in usual_stacks(MAIN):
        events = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        moments: list[datetime] = [event["Timestamp"] for event in events]
        total += (max(moments) - min(moments)).total_seconds()
    return total


def measure(folder: Path) -> Figures:
    """Measure one round."""
    environment = dict(os.environ)

    def command(verb: str) -> list[str]:
        return [sys.executable, "-m", "local_aws", verb, "--state", str(folder)]

    try:
        up, told = timed(command("up"), ROOT, environment)
        deploy = float(re.findall(r"Total time: ([\d.]+)s", told)[-1])
        worked = cloudformation_seconds(State(folder))
        again, _ = timed(command("up"), ROOT, environment)
    finally:
        down, _ = timed(command("down"), ROOT, environment)
    return {
        "`up`": up,
        "… of it `cdk deploy`": deploy,
        "…… of it CloudFormation and the machine's boot": worked,
        "…… of it the CDK command line's own": deploy - worked,
        "`up` again, nothing changed": again,
        "`down`": down,
    }


def cold(folder: Path) -> Figures:
    """Measure `make up` on a fresh clone, with nothing in any package cache."""
    clone = folder / "clone"
    timed(["git", "clone", "--no-hardlinks", str(ROOT), str(clone)], folder, dict(os.environ))
    caches = {name: str(folder / name) for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR", "npm_config_cache")}
    try:
        seconds, _ = timed(["make", "up"], clone, {**os.environ, **caches, "HOME": str(folder)})
    finally:
        timed(["make", "down"], clone, {**os.environ, **caches, "HOME": str(folder)})
    return {"`make up` on a clean clone, empty package caches": seconds}


def main() -> None:
    """Print the table."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
        return
    counts = [word for word in sys.argv[1:] if word != "--cold"]
    if len(counts) > 1 or not all(word.isdecimal() and int(word) for word in counts):
        sys.exit(f"{' '.join(counts)!r} is not a number of rounds: give one, such as 3")
    rounds = int(counts[0]) if counts else 3
    with tempfile.TemporaryDirectory() as folder:
        measured = [measure(Path(folder) / str(number)) for number in range(rounds)]
        figures = {name: statistics.median(one[name] for one in measured) for name in measured[0]}
        if "--cold" in sys.argv[1:]:
            figures |= cold(Path(folder))
    print(f"| median of {rounds} | seconds |")
    print("| --- | ---: |")
    for name, seconds in figures.items():
        print(f"| {name} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
