"""What a synthesis costs: CPU seconds of both stacks, against an app that has one plain instance.

Usage: python tools/benchmarks/synth.py [ROUNDS]
Each round runs all of them, one after the other, so that a busy machine slows all; the ratios are what to look at.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
ROUNDS = 7

PLAIN = """
from aws_cdk import App, Stack
from aws_cdk import aws_ec2 as ec2
from stacks.application import default_context
app = App(context=default_context())
stack = Stack(app, "Plain")
ec2.Instance(
    stack, "Instance", vpc=ec2.Vpc(stack, "Vpc", nat_gateways=0), instance_type=ec2.InstanceType("t4g.small"),
    machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
    vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
)
app.synth()
"""
BOTH = """
from aws_cdk import App
from stacks.application import default_context, define_stacks
app = App(context=default_context())
define_stacks(app)
app.synth()
"""
VARIANTS = {
    "one plain `ec2.Instance`, the CDK's own validation": (["-c", PLAIN], {}),
    "both stacks, the CDK's own validation": (["-c", BOTH], {}),
    "both stacks, six cdk-nag packs too: `python app.py`": (["app.py"], {}),
    "`python app.py` without the CDK's own validation": (["app.py"], {"CDK_VALIDATION": "false"}),
}


def synthesize(command: list[str], environment: dict[str, str]) -> float:
    """Synthesize once, and return the CPU seconds of Python and of the CDK's process."""
    with tempfile.TemporaryDirectory() as out:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=os.environ | {"CDK_OUTDIR": out} | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    measured = [[synthesize(*variant) for variant in VARIANTS.values()] for _ in range(rounds)]
    print(f"| synthesis, median of {rounds} | CPU seconds | times the plain one |")
    print("| --- | ---: | ---: |")
    for number, name in enumerate(VARIANTS):
        seconds = median(row[number] for row in measured)
        ratio = median(row[number] / row[0] for row in measured)
        print(f"| {name} | {seconds:.1f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
