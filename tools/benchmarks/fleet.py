"""How many browsers a machine carries, what a second one adds, and how long a rolling update takes on this laptop.

A machine is a process of the page on one processor of this computer, by its affinity, as Python uses one at a time;
cgroups, which would limit its memory too, are root's alone. The processor's time is the page's own, whatever else goes
on. Run it as ``python -m benchmarks.fleet [--rolling]``; with --rolling, it deploys as well.
"""

import argparse
import contextlib
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.make_up import ROOT, timed
from local_aws import cloud as clouds
from local_aws.state import State
from tests.streamlit_src.real_page import RealPage, Visitor, running_page

PAGE, BROWSERS, SECONDS = "mean", 8, 10.0
BETWEEN_SECONDS = 10.0
# What a burstable machine's two processors do for good, when its credits are used up.
BASELINES = {"t4g.nano": 0.05, "t4g.micro": 0.1, "t4g.small": 0.2, "t4g.large": 0.3}


@contextlib.contextmanager
def pages(folder: Path, processors: list[int]) -> Iterator[list[RealPage]]:
    """Serve the page once on each of these processors."""
    before = os.sched_getaffinity(0)
    with contextlib.ExitStack() as stack:
        served = []
        for processor in processors:
            place = folder / str(processor)
            place.mkdir(exist_ok=True)
            os.sched_setaffinity(0, {processor})
            served.append(stack.enter_context(running_page(place)))
        os.sched_setaffinity(0, before)
        yield served


def cpu_seconds(page: RealPage) -> float:
    """Tell how long the page has run on a processor."""
    fields = Path(f"/proc/{page.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def words(served: list[RealPage]) -> int:
    """Have browsers say one word after the other for a while, and count what was answered."""
    counts = [0] * BROWSERS

    def visit(number: int) -> None:
        with Visitor(served[number % len(served)]) as visitor:
            visitor.run()
            until = time.monotonic() + SECONDS
            while time.monotonic() < until:
                visitor.run(PAGE)
                counts[number] += 1

    visitors = [threading.Thread(target=visit, args=[number]) for number in range(BROWSERS)]
    for one in visitors:
        one.start()
    for one in visitors:
        one.join()
    return sum(counts)


def megabytes_a_browser(page: RealPage, browsers: int = 100) -> float:
    """Tell what each browser adds, once the page has had some."""
    with contextlib.ExitStack() as crowd:
        before = page.megabytes()
        for _ in range(browsers):
            visitor = crowd.enter_context(Visitor(page))
            visitor.run()
            visitor.run(PAGE)
        return (page.megabytes() - before) / browsers


def rolling_seconds(folder: Path) -> float:
    """Deploy a fleet, change its generation, and tell how long CloudFormation took to change its machines."""
    state, command = ["--state", str(folder)], [sys.executable, "-m", "local_aws"]
    try:
        for told in (["-c", "machines=2-3"], ["-c", "generation=another"]):
            timed([*command, "up", *state, *told], ROOT, dict(os.environ))
        cloud = clouds.find(State(folder))
        if cloud is None:
            sys.exit("the embedded AWS went away in the middle")
        events = cloud.client("cloudformation").describe_stack_events(StackName="Streamlit")
        moments = {
            one["ResourceStatus"]: one["Timestamp"]
            for one in events["StackEvents"]
            if one["ResourceType"] == "AWS::AutoScaling::AutoScalingGroup"
        }
        return float((moments["UPDATE_COMPLETE"] - moments["UPDATE_IN_PROGRESS"]).total_seconds())
    finally:
        timed([*command, "down", *state], ROOT, dict(os.environ))


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--rolling", action="store_true")
    wanted = parser.parse_args()
    logging.disable()  # the client's own words about connections that end
    processors = sorted(os.sched_getaffinity(0))[:2]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with pages(folder, processors[:1]) as served:
            words(served)
            before = cpu_seconds(served[0])
            alone = words(served)
            a_word = (cpu_seconds(served[0]) - before) / alone
            print(f"| a word of a browser, of a processor | {1000 * a_word:.0f} ms |", flush=True)
            print(f"| browsers of a word each {BETWEEN_SECONDS:g} s on one machine | {BETWEEN_SECONDS / a_word:.0f} |")
            for size, baseline in BASELINES.items():
                print(f"| … on a {size} without credits | {2 * baseline * BETWEEN_SECONDS / a_word:.0f} |")
            rest, each = served[0].megabytes(), megabytes_a_browser(served[0])
            print(f"| memory of the page, and of each browser | {rest:,.0f} MB, {each:.1f} MB |", flush=True)
        with pages(folder, processors) as served:
            words(served)
            both = words(served)
        told = f"{alone / SECONDS:.0f} and {both / SECONDS:.0f}"
        print(f"| words a second of one machine, and of two | {told} ({both / alone:.2f}) |", flush=True)
        if wanted.rolling:
            print(f"| a rolling update of two machines | {rolling_seconds(folder / 'state'):.0f} s |")


if __name__ == "__main__":
    main()
