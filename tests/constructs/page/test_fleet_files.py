"""What a fleet's machine does at the end of its boot: it waits for the balancer, and not beyond the boot's own time."""

import os
import subprocess
from pathlib import Path

import pytest

from data_compute.page.streamlit_machines import SERVICE
from tests.constructs.machine.test_files import UNIT, needs_systemd
from tests.constructs.page.test_front_files import understood

FLEET = SERVICE.with_name("fleet")

# As AWS's command line answers the first so many times, and then.
AWS = """#!/bin/bash
echo asked >>asked
[ "$1 $2 $4 $6" = "elbv2 describe-target-health arn:targets Id=i-1" ] || exit 2
[ "$(wc -l <asked)" -gt "$UNTIL" ] && echo $'healthy\\tNone' || echo $'initial\\tTarget registration is in progress'
"""


def waited(folder: Path, *, asks: int, boot_left: int) -> tuple[int, str, int]:
    """Let a machine wait that is well after so many asks, by a clock that goes on by 100 seconds with each pause."""
    (folder / "aws").write_text(AWS)
    (folder / "aws").chmod(0o755)
    done = subprocess.run(
        ["/bin/bash", FLEET / "last.sh"],
        cwd=folder,
        env={
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "TARGET_GROUP": "arn:targets",
            "BOOT_LEFT": str(boot_left),
            "UNTIL": str(asks),
            "BASH_FUNC_cat%%": "() { echo i-1; }",
            "BASH_FUNC_sleep%%": "() { SECONDS=$((SECONDS + 100)); }",
        },
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, len((folder / "asked").read_text().splitlines())


@needs_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    assert understood(tmp_path, [UNIT, FLEET / "shared-secret.service"], [FLEET / "fleet.conf"]) == (0, "")


def test_a_new_balancer_has_ten_minutes(tmp_path: Path) -> None:
    assert waited(tmp_path, asks=6, boot_left=780) == (0, "", 7)


@pytest.mark.parametrize(("boot_left", "asks"), [(780, 7), (240, 3), (30, 1)])
def test_one_that_is_not_well_says_so_before_the_boot_is_ended(tmp_path: Path, boot_left: int, asks: int) -> None:
    code, said, asked = waited(tmp_path, asks=1000, boot_left=boot_left)
    assert (code, asked) == (1, asks)
    assert said == (
        "boot: failed: the page answers, and the balancer does not find the machine well: "
        "initial\tTarget registration is in progress\n"
    )
