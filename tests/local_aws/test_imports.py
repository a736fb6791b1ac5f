"""Every module can be imported first: none waits for another to have been there before."""

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import local_aws

# What others have made is loaded once, before; each module then in a process of its own, in which none of ours is.
PROGRAM = """
import importlib, os, sys, traceback
import boto3, cryptography.hazmat.primitives.asymmetric.rsa, ministack.app, typer, watchfiles
from ministack.services import apigateway, cloudformation, ec2, ssm

ours = [name for name in sys.modules if name.partition(".")[0] in ("local_aws", "ops", "stacks")]
assert ours == [], ours
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            sys.stderr.write(f"import {name}\\n{traceback.format_exc()}")
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    os.waitpid(child, 0)
print("done")
"""


@pytest.mark.system
def test_every_module_imports_alone(root: Path, tmp_path: Path) -> None:
    modules = [module.name for module in pkgutil.walk_packages(local_aws.__path__, "local_aws.")]
    assert {"local_aws.commands.up", "local_aws.extensions", "local_aws.machines.machines"} <= set(modules)
    roots = [str(root / "tools"), str(root / "constructs"), str(root)]
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, *modules],
        cwd=root,
        env=os.environ | {"STATE_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(roots)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.stderr == ""
    assert told.stdout == "done\n"
