"""The steps of boot.sh, on the laptop: fetch, install, start, prove that the app's own pages run."""

import re
import time
import traceback
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local_aws.machines.disk import Disk
from local_aws.machines.parts import JobError
from local_aws.machines.python import RequirementsError, file_of
from local_aws.machines.service import Service
from ops.cloud.probe import ask

# The first start of an app compiles all that it imports, beside whatever else the laptop does.
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.1
SIGNAL_TRIES = 25
# As CloudFormation says it of a stack that no deploy is changing.
NOBODY_WAITS = re.compile(r"_COMPLETE state and can ?not be signaled")


class BootError(Exception):
    """Why a machine did not come up."""


def why(error: Exception) -> str:
    """Say why a machine did not come up: a fault of ours must not read as one of the app's."""
    if isinstance(error, BootError | RequirementsError | JobError):
        return str(error)
    traceback.print_exception(error)
    return f"a fault in the embedded AWS, not in the app ({type(error).__name__}: {error}): server.log shows where"


def fetch(s3: Any, source: str, folder: Path) -> None:
    """Download a zip file and unpack it."""
    place = urlsplit(source)
    archive = folder.with_suffix(".zip")
    try:
        s3.download_file(place.netloc, place.path.lstrip("/"), str(archive))
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
    except Exception as error:
        raise BootError(f"could not fetch {source}: {error}") from error
    finally:
        archive.unlink(missing_ok=True)


def check_entry_file(disk: Disk, entry_file: str) -> None:
    """Make sure that the app is there."""
    if not (disk.app / entry_file).is_file():
        raise BootError(f"the app has no file {entry_file}")


def check_requirements(disk: Disk) -> None:
    """Make sure that nothing would be built of the app's own files."""
    requirements = file_of(disk.app)
    # As boot.sh's grep has it.
    editable = disk.contract["EDITABLE"].replace("[[:space:]]", r"[^\S\n]")
    if re.search(editable, requirements.read_text(encoding="utf-8", errors="replace"), re.MULTILINE):
        raise BootError(f"{requirements.name} {disk.contract['NO_EDITABLE']}")


def check_program(python: Path, disk: Disk) -> None:
    """Make sure that the app's requirements have brought what serves it."""
    if not (python.parent / disk.contract["PROGRAM"]).exists():
        raise BootError(f"{file_of(disk.app).name} {disk.contract['NO_PROGRAM']}")


def prove(service: Service, contract: Mapping[str, str]) -> None:
    """Wait until the service answers, and let the unit's reload open all pages."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while ask(f"http://127.0.0.1:{service.port}{contract['HEALTH_PATH']}").status != 200:
        if service.restarts or service.ended:
            raise BootError("the server ended as soon as it started")
        if time.monotonic() > deadline:
            raise BootError(f"the server did not answer within {PATIENCE_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)
    if not service.reload():
        raise BootError(contract[f"EXIT_{contract['UNHEALTHY_EXIT']}"])


def wait_until_well(elb: Any, group: str, instance_id: str) -> None:
    """Wait until the load balancer finds a machine well: at its word CloudFormation lets an old one go."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            told = elb.describe_target_health(TargetGroupArn=group, Targets=[{"Id": instance_id}])
        except Exception as error:
            raise BootError(f"the machine may not ask whether the load balancer finds it well: {error}") from error
        states = [one["TargetHealth"]["State"] for one in told["TargetHealthDescriptions"]]
        if states == ["healthy"]:
            return
        if time.monotonic() > deadline:
            raise BootError(f"the page answers, and the load balancer does not find the machine well: {states}")
        time.sleep(POLL_SECONDS)


def signal(cloudformation: Any, machine: Mapping[str, str], instance_id: str, *, good: bool) -> None:
    """Tell CloudFormation, which listens from shortly after the instance is there."""
    status = "SUCCESS" if good else "FAILURE"
    for _ in range(SIGNAL_TRIES):
        try:
            cloudformation.signal_resource(
                StackName=machine["STACK_NAME"],
                LogicalResourceId=machine["RESOURCE_ID"],
                UniqueId=instance_id,
                Status=status,
            )
            return
        except Exception as error:
            refused = error
            time.sleep(0.2)
    # Of a machine that scaling makes nobody waits for a word: its log ends in its page's.
    if not (good and NOBODY_WAITS.search(str(refused))):
        raise BootError(f"nobody takes the signal {status}: {refused}")
