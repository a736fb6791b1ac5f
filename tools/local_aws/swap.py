"""New sources into what runs already, without a deploy: in place, in a second, until the next `up` deploys them."""

import io
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from botocore.exceptions import ClientError
from pathspec import GitIgnoreSpec

from local_aws import answering, inventory
from local_aws.cloud import Cloud
from local_aws.machines import read_only
from local_aws.machines.disk import Disk
from local_aws.sources import Source
from local_aws.spelling import spell
from ops.answers.errors import OpsError
from ops.cloud.boot_log import UP
from ops.cloud.deployment import Deployment
from ops.cloud.fleet import find_fleet
from stacks.setting import CHECKOUT

# The lists of the deployed assets, which the CDK reads without regard to capitals.
NEVER_DEPLOYED = CHECKOUT / "constructs" / "data_compute" / "never_deployed"
NEVER = GitIgnoreSpec.from_lines(
    line.lower()
    for file in sorted(NEVER_DEPLOYED.glob("*.txt"))
    for line in file.read_text(encoding="utf-8").splitlines()
)

FAILED = " failed: "
# The server's own start, and a page that never finishes behind one that takes almost as long.
START_SECONDS = 360.0


def belongs(path: Path, folder: Path) -> bool:
    """Tell whether a file would be deployed with its folder."""
    name = PurePosixPath(path.relative_to(folder).as_posix().lower())
    # What is in a folder that stays behind stays behind, whatever it is called.
    return not any(NEVER.match_file(part) for part in (name, *name.parents))


def files(folder: Path) -> Iterator[Path]:
    """List what would be deployed with a folder, relative to it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and belongs(path, folder):
            yield path.relative_to(folder)


def swap(cloud: Cloud, copy: str, source: Source) -> str:
    """Give whatever runs a folder its files anew, and say how it does."""
    if not source.folder.is_dir():
        raise OpsError(f"the folder {source.path} is gone, so what was deployed from it stays as it is")
    found = inventory.find_copy(cloud, copy)
    try:
        resource = cloud.client("cloudformation").describe_stack_resource(
            StackName=source.stack, LogicalResourceId=source.logical_id
        )["StackResourceDetail"]
    except ClientError as error:
        up = spell(cloud.state, "up", copy)
        raise OpsError(f"what ran {source.path} is no longer deployed ({error}): `{up}` deploys it") from None
    name = resource["PhysicalResourceId"]
    if resource["ResourceType"] == "AWS::Lambda::Function":
        return _swap_function(cloud, found, name, source.folder)
    is_group = resource["ResourceType"] == "AWS::AutoScaling::AutoScalingGroup"
    machines = find_fleet(cloud.here(copy), name).members if is_group else [name]
    return "; ".join(_swap_app(cloud, found, one, source.folder) for one in machines)


def _swap_function(cloud: Cloud, found: Deployment, name: str, folder: Path) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in files(folder):
            archive.write(folder / file, file)
    cloud.client("lambda").update_function_code(FunctionName=name, ZipFile=packed.getvalue())
    # Of any other function we don't know what it answers to.
    if name != found.function:
        return f"{name} has its new code"
    answer = answering.ask_function(found)
    return f"{name} answers {answer.status}: {answer.text.strip()[:200]}"


def _swap_app(cloud: Cloud, found: Deployment, instance_id: str, folder: Path) -> str:
    disk = Disk(cloud.state.machines / instance_id)
    app, before = disk.app, len(disk.boot_log.read_text(encoding="utf-8").splitlines())
    read_only.reopen(app)
    wanted = set(files(folder))
    for there in [path for path in app.rglob("*") if path.is_file()]:
        if there.relative_to(app) not in wanted:
            there.unlink()
    for file in wanted:
        (app / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / file, app / file)
    cloud.client("ec2").reboot_instances(InstanceIds=[instance_id])
    page = instance_id if found.fleet or instance_id != found.machine else found.page_url
    if fault := why_not_started(disk.boot_log, before):
        return f"{page}: {fault}; see `{spell(cloud.state, 'logs app', found.copy)}`"
    return f"{page} runs the new app"


def why_not_started(boot_log: Path, before: int) -> str:
    """Wait for the line with which a start ends, after those that were there before: empty if all is well."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for line in boot_log.read_text(encoding="utf-8").splitlines()[before:]:
            if UP.match(line):
                return ""
            if FAILED in line:
                return line.partition(FAILED)[2]
        time.sleep(0.1)
    return f"it has not started within {START_SECONDS:.0f} s"
