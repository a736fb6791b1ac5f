"""What the checks cost at synthesis: the app as it is, against the app without the CDK's own validation.

Usage: python benchmarks/synth.py [RUNS]
Each round runs both, one after the other, so that a busy machine slows both; the ratio is what to look at.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def synthesize(**environment: str) -> float:
    """Run app.py once and return the seconds it took."""
    with tempfile.TemporaryDirectory() as out:
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, "CDK_OUTDIR": out, **environment},
            stderr=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    pairs = [(synthesize(), synthesize(CDK_VALIDATION="false")) for _ in range(rounds)]
    full, bare = (statistics.median(seconds) for seconds in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"| python app.py, median of {rounds} | seconds |")
    print("| --- | ---: |")
    print(f"| both stacks, six cdk-nag packs, CDK's own validation | {full:.1f} |")
    print(f"| the same without CDK's own validation | {bare:.1f} |")
    print(f"| ratio | {ratio:.2f} |")


if __name__ == "__main__":
    main()
