"""The library as a wheel, in an environment that holds it and what it says it needs, and no part of this checkout."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.own_project import FILES, build, link_packages, write_files
from tests.templates import Json, properties, resources, statements, user_data

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("--wheel", root, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def fresh_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the Python of a fresh environment: the wheel, and links to the packages that its metadata asks for."""
    environment = tmp_path_factory.mktemp("fresh") / "venv"
    uv = Path(sys.executable).with_name("uv")
    python = environment / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--offline", "--python", sys.executable, environment], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel], check=True)
    link_packages(environment, "cdk-data-compute")
    return python


@pytest.fixture(scope="module")
def template(fresh_python: Path, package_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Give the template of the example of docs/your-own-stack.md, as another project would synthesize it."""
    project = tmp_path_factory.mktemp("another_project")
    write_files(project)
    with (project / "app.py").open("a") as app:
        app.write("import data_compute\nprint(data_compute.__file__)\n")
    environment = {
        # Node is the checkout's; no other part of it may be found.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "HOME": str(project),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(package_cache),
        "CDK_OUTDIR": str(project / "cdk.out"),
        "CDK_VALIDATION": "false",
    }
    done = subprocess.run(
        [fresh_python, "app.py"], cwd=project, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(fresh_python.parents[1])
    synthesized: Json = json.loads((project / "cdk.out" / "Dashboard.template.json").read_text())
    return synthesized


def test_wheel_holds_the_library_and_nothing_else(root: Path, wheel: Path) -> None:
    package = root / "constructs" / "data_compute"
    expected = {
        str(path.relative_to(package.parent))
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert names == expected
    assert {
        "data_compute/py.typed",
        "data_compute/machine/boot/boot.sh",
        "data_compute/page/unit/contract.env",
    } <= names


def test_no_key_and_no_password_gets_into_a_package(root: Path, tmp_path: Path) -> None:
    """Names of the lists with something in them, planted beside the modules."""
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(root / name, tmp_path)
    package = tmp_path / "constructs" / "data_compute"
    shutil.copytree(root / "constructs" / "data_compute", package, ignore=shutil.ignore_patterns("__pycache__"))
    before = {str(path.relative_to(package.parent)) for path in package.rglob("*") if path.is_file()}
    lists = [root / "constructs" / "data_compute" / "never_deployed" / name for name in ("keys.txt", "passwords.txt")]
    names = [line for file in lists for line in file.read_text(encoding="utf-8").splitlines() if line[:1] not in "#!"]
    for name in names:
        (package / name.replace("*", "me")).write_text("secret", encoding="utf-8")

    with zipfile.ZipFile(build("--wheel", tmp_path, tmp_path / "wheel")) as wheel:
        assert {name for name in wheel.namelist() if ".dist-info/" not in name} == before
    with tarfile.open(build("--sdist", tmp_path, tmp_path / "sdist")) as source:
        held = {name.partition("/constructs/")[2] for name in source.getnames() if "/constructs/" in name}
    assert held == before


def test_wheel_says_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = archive.read(name).decode().splitlines()

    needs = [Requirement(line.partition(": ")[2]) for line in lines if line.startswith("Requires-Dist: ")]
    assert {need.name for need in needs if not need.marker} == {"aws-cdk-lib", "constructs", "packaging"}
    assert [(need.name, str(need.marker)) for need in needs if need.marker] == [("uv", 'extra == "packages"')]
    assert "Requires-Python: >=3.11" in lines


def test_example_defines_both(template: Json) -> None:
    (vpc,) = resources(template, "AWS::EC2::VPC")
    routes = resources(template, "AWS::ApiGatewayV2::Route").values()

    assert [route["Properties"]["RouteKey"] for route in routes] == ["POST /score"]
    assert properties(template, "AWS::EC2::SecurityGroup")["VpcId"] == {"Ref": vpc}
    assert "/score'" in user_data(template)


def test_example_grants_to_both(template: Json) -> None:
    (bucket,) = resources(template, "AWS::S3::Bucket")
    arn = {"Fn::GetAtt": [bucket, "Arn"]}
    granted = [found for found in statements(template) if arn in list(found["Resource"])]

    # The order of the actions depends on a feature flag, which another project may not have set.
    assert [sorted(found["Action"]) for found in granted] == [["s3:GetBucket*", "s3:GetObject*", "s3:List*"]] * 2


def test_example_is_short() -> None:
    assert len(FILES["app.py"].splitlines()) <= 26


def test_the_project_pins_what_the_library_is_tested_with(root: Path) -> None:
    groups = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    wheel, *pinned = FILES["requirements.txt"].splitlines()[1:]

    assert wheel == f"./cdk_data_compute-{importlib.metadata.version('cdk-data-compute')}-py3-none-any.whl"
    assert pinned
    assert set(pinned) <= set(groups["app"])


def test_the_extra_takes_the_uv_that_it_is_tested_with(root: Path) -> None:
    """And the next release of it, as another package may want another one."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    (wanted,) = map(Requirement, project["project"]["optional-dependencies"]["packages"])
    (tested,) = [text for text in project["dependency-groups"]["app"] if text.startswith("uv==")]

    version = Version(tested.removeprefix("uv=="))
    assert version in wanted.specifier
    assert Version(f"{version.major}.{version.minor}.{version.micro + 1}") in wanted.specifier
