"""Measure the boot: from power-on to a page that a script made, by uv and by plain pip, and the memory at rest.

Each machine boots alone, in turns, with the checkout's own page; packages come from a folder, so that the network's
mood is in none of the figures. Run as root on Linux: ``python -m benchmarks.boot``.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from unittest.mock import patch

from aws_cdk import App

from data_compute.machine import launch_template
from tests.boot.ability import missing
from tests.boot.cloud import Cloud, Page, running_cloud
from tests.boot.hypervisor import running_hypervisor
from tests.boot.image import BOOT_FILES, CHECKOUT, build
from tests.boot.machine import Machine, wait_for

HEALTHY = "the page answers on port"
ROUNDS = 3
SETTLING_SECONDS = 5

# What a variant puts into the boot script, and the place.
UV = '--quiet --python "$FILES/venv"'
PIP = """\
    "$python" -m venv --without-pip "$FILES/venv" &&
        "$python" -m pip --python "$FILES/venv/bin/python" install --quiet --disable-pip-version-check \\
            --requirement "$FILES/app/requirements.txt"
    return
"""
BEGIN = "install_requirements() {\n"
VARIANTS: Mapping[str, tuple[str, str]] = {
    "uv, as shipped": ("", ""),
    "uv, compiling all bytecode": (UV, f"{UV} --compile-bytecode"),
    "plain pip": (BEGIN, BEGIN + PIP),
}


def main() -> None:
    """Print a table in Markdown."""
    argparse.ArgumentParser(prog="python -m benchmarks.boot", description=__doc__).parse_args()
    if reason := missing():
        sys.exit(f"error: {reason}")
    seconds: dict[str, list[float]] = {name: [] for name in VARIANTS}
    megabytes: dict[str, list[float]] = {name: [] for name in VARIANTS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for place in ("stand-ins", "cloud", "machines"):
            (folder / place).mkdir()
        image = build(folder / "stand-ins")
        with (
            running_cloud(folder / "cloud") as cloud,
            running_hypervisor(cloud, image, folder / "machines") as hypervisor,
        ):
            for turn, variant in product(range(1, ROUNDS + 1), VARIANTS):
                print(f"round {turn} of {ROUNDS}: {variant}", file=sys.stderr, flush=True)
                stack_name = f"Boot{list(VARIANTS).index(variant)}Turn{turn}"
                deploy(stack_name, VARIANTS[variant], cloud, folder)
                machine = wait_for(partial(hypervisor.find, stack_name), "the machine", 60)
                wait_for(partial(is_healthy, machine), "a healthy page", 300, pause=0.05)
                seconds[variant].append(time.monotonic() - machine.started)
                cloud.wait(stack_name, 60)
                time.sleep(SETTLING_SECONDS)
                megabytes[variant].append(memory(machine))
                machine.stop()
    print("| requirements by | power-on to healthy page | memory of the page at rest |")
    print("| --- | ---: | ---: |")
    for variant in VARIANTS:
        print(f"| {variant} | {median(seconds[variant]):.1f} s | {median(megabytes[variant]):.0f} MB |")


def deploy(stack_name: str, change: tuple[str, str], cloud: Cloud, folder: Path) -> None:
    """Deploy the checkout's page with a boot script that is changed in one place."""
    boot_files = folder / f"{stack_name}.boot"
    shutil.copytree(BOOT_FILES, boot_files)
    script = (boot_files / "boot.sh").read_text(encoding="utf-8")
    if change[0] and script.count(change[0]) != 1:
        sys.exit(f"error: the boot script no longer has one line with {change[0]!r}: mend tools/benchmarks/boot.py")
    (boot_files / "boot.sh").write_text(script.replace(*change) if change[0] else script, encoding="utf-8")
    app = App(outdir=str(folder / f"{stack_name}.out"))
    with patch.object(launch_template, "BOOT_FILES", boot_files):
        Page(app, stack_name, CHECKOUT / "streamlit_src")
    cloud.deploy(app)


def is_healthy(machine: Machine) -> bool:
    """Tell whether the boot script has said that the page answers."""
    return HEALTHY in machine.console


def memory(machine: Machine) -> float:
    """Give the memory that the page's process has for itself, in megabytes."""
    process = machine.unit("MainPID")["MainPID"]
    found = re.search(r"^Pss:\s+(\d+) kB", machine.run("cat", f"/proc/{process}/smaps_rollup"), re.MULTILINE)
    return int(found[1]) / 1000 if found else 0.0


if __name__ == "__main__":
    main()
