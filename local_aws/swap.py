"""New sources into what runs already, without a deploy: in place, in a second, until the next `up` deploys them."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from watchfiles import DefaultFilter

from local_aws import deployment
from local_aws.cloud import Cloud
from local_aws.state import CHECKOUT
from local_aws.web import ask

APP = CHECKOUT / "streamlit_src"
FUNCTIONS = CHECKOUT / "lambda_src"
# As in the deployed assets: what may hold a secret, and tests, stay out.
NEVER = ("secrets.toml", ".env*", "test_*.py", "*_test.py", "conftest.py")
PAGE_SECONDS = 60.0


class Sources(DefaultFilter):
    """Which files belong to a folder of sources; editors' and Python's own do not."""

    def has(self, path: Path) -> bool:
        """Tell whether a file belongs."""
        return self(None, str(path)) and not any(path.match(pattern) for pattern in NEVER)  # type: ignore[arg-type]

    def files(self, folder: Path) -> Iterator[Path]:
        """List what belongs, relative to the folder."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and self.has(path):
                yield path.relative_to(folder)


def swap_function(cloud: Cloud) -> str:
    """Give the function its sources anew, and say how it answers."""
    found = deployment.read(cloud)
    folder = FUNCTIONS / "calculate_mean"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in Sources().files(folder):
            archive.write(folder / name, name)
    cloud.client("lambda").update_function_code(FunctionName=found.function_name, ZipFile=packed.getvalue())
    status, text = ask(f"{found.api_url}?nums=1,2,3")
    return f"{found.function_name} answers {status}: {text.strip()[:200]}"


def swap_app(cloud: Cloud) -> str:
    """Give the machine the app's sources anew, restart its server, and say whether the script runs."""
    found = deployment.read(cloud)
    disk = cloud.state.machines / found.instance_id / "app"
    wanted = set(Sources().files(APP))
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
