"""What the packages of a function cost, in seconds and bytes. Run: python tools/benchmarks/packages.py."""

import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from aws_cdk import App, Stack

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "constructs")]

from data_compute import PythonFunction  # noqa: E402
from data_compute.function import packing  # noqa: E402
from data_compute.requirements import FUNCTIONS_PYTHON  # noqa: E402

SOURCE = ROOT / "lambda_src" / "describe"
IMPORT = "import time; began = time.process_time(); import pandas; print(time.process_time() - began)"


def synthesize(folder: Path, *, bundling: bool = True) -> float:
    """Define the function once, and give the seconds."""
    context: dict[str, list[str]] = {} if bundling else {"aws:cdk:bundling-stacks": []}
    stack = Stack(App(context=context, outdir=str(folder / "cdk.out")), "Stack")
    began = time.perf_counter()
    PythonFunction(stack, "Function", source=SOURCE, handler="describe.lambda_handler")
    return time.perf_counter() - began


def main() -> None:
    """Print one line a figure."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        os.environ["UV_CACHE_DIR"] = str(folder / "uv")
        packing.CACHE = folder / "functions"
        # The CDK's own start is no part of it.
        bare = min(synthesize(folder, bundling=False) for _ in range(5))
        print(f"nothing packed, as `python app.py`: {bare * 1000:.0f} ms")
        print(f"packages fetched and packed: {synthesize(folder):.1f} s")
        for packed in packing.CACHE.glob("*.zip"):
            packed.unlink()
        print(f"packed of what uv has: {synthesize(folder):.1f} s")
        (zipped,) = packing.CACHE.glob("packages-*.zip")
        again = min(synthesize(folder) for _ in range(5))
        print(f"packed already: {again * 1000:.0f} ms, {max(0, again - bare) * 1000:.0f} ms more than nothing packed")
        with zipfile.ZipFile(zipped) as archive:
            unzipped = sum(file.file_size for file in archive.infolist())
        sizes = f"{zipped.stat().st_size / packing.MIB:.1f} MiB, unzipped {unzipped / packing.MIB:.0f}"
        print(f"zip for Lambda: {sizes} of {packing.MOST_MIB}")
        os.environ[FUNCTIONS_PYTHON] = sys.executable
        zipped.unlink()
        synthesize(folder)
        (here,) = packing.CACHE.glob("packages-*.zip")
        with zipfile.ZipFile(here) as archive:
            archive.extractall(folder / "unpacked")
        environment = {"PYTHONPATH": str(folder / "unpacked"), "PYTHONDONTWRITEBYTECODE": "1"}
        took = subprocess.run([sys.executable, "-S", "-c", IMPORT], env=environment, capture_output=True, check=True)
        print(f"import of pandas without bytecode: {float(took.stdout):.1f} s of a whole processor")


if __name__ == "__main__":
    main()
