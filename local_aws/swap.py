"""New sources into what runs already, without a deploy: in place, in a second, until the next `up` deploys them."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from local_aws import deployment
from local_aws.cloud import Cloud
from local_aws.state import CHECKOUT
from local_aws.web import ask

APP = CHECKOUT / "streamlit_src"
FUNCTIONS = CHECKOUT / "lambda_src"
# The lists of the deployed assets, which the CDK reads without regard to capitals.
NEVER_DEPLOYED = CHECKOUT / "constructs" / "data_compute" / "never_deployed"
NEVER = GitIgnoreSpec.from_lines(
    line.lower()
    for file in sorted(NEVER_DEPLOYED.glob("*.txt"))
    for line in file.read_text(encoding="utf-8").splitlines()
)
PAGE_SECONDS = 60.0


def belongs(path: Path, folder: Path = CHECKOUT) -> bool:
    """Tell whether a file would be deployed with its folder."""
    name = PurePosixPath(path.relative_to(folder).as_posix().lower())
    # What is in a folder that stays behind stays behind, whatever it is called.
    return not any(NEVER.match_file(part) for part in (name, *name.parents))


def files(folder: Path) -> Iterator[Path]:
    """List what would be deployed with a folder, relative to it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and belongs(path, folder):
            yield path.relative_to(folder)


def swap_function(cloud: Cloud) -> str:
    """Give the function its sources anew, and say how it answers."""
    found = deployment.read(cloud)
    folder = FUNCTIONS / "calculate_mean"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in files(folder):
            archive.write(folder / name, name)
    cloud.client("lambda").update_function_code(FunctionName=found.function_name, ZipFile=packed.getvalue())
    status, text = ask(f"{found.api_url}?nums=1,2,3")
    return f"{found.function_name} answers {status}: {text.strip()[:200]}"


def swap_app(cloud: Cloud) -> str:
    """Give the machine the app's sources anew, restart its server, and say whether the script runs."""
    found = deployment.read(cloud)
    disk = cloud.state.machines / found.instance_id / "app"
    wanted = set(files(APP))
    for there in [path for path in disk.rglob("*") if path.is_file()]:
        if there.relative_to(disk) not in wanted:
            there.unlink()
    for name in wanted:
        (disk / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(APP / name, disk / name)
    cloud.client("ec2").reboot_instances(InstanceIds=[found.instance_id])
    status = deployment.wait_for_script(found, PAGE_SECONDS)
    if status == 200:
        return f"{found.page_url} runs the new app"
    return f"{found.page_url} answers {status}, as the app's script fails: see `logs app`"
