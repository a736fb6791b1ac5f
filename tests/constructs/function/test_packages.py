"""The packages that a function brings: which, packed how, and what it says where they cannot be."""

import hashlib
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

from data_compute import PythonFunction
from data_compute.function import packing
from data_compute.function.packages import packages_for
from data_compute.function.uv import install
from data_compute.requirements import FUNCTIONS_PYTHON
from data_compute.source_files import SOURCE, WITH_PACKAGES
from tests.templates import function_of, synthesized

HERE = f"cp{sys.version_info[0]}{sys.version_info[1]}-none-any"
ARM, X86 = "cp314-none-manylinux_2_28_aarch64", "cp314-none-manylinux_2_28_x86_64"
FILES = ("mine/__init__.py", "mine/__init__.pyi", "mine/tests/test_it.py", "mine.libs/mine.so", "pandas/io/tests/a.py")

Pack = Callable[..., zipfile.ZipFile]


def make_wheel(folder: Path, name: str, tag: str, files: tuple[str, ...]) -> str:
    """Make a wheel, and give its line of a lock."""
    wheel, info = folder / f"{name}-1-{tag}.whl", f"{name}-1.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file), f"RUNS_ON = '{tag}'\n")
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n"
        archive.writestr(zipfile.ZipInfo(f"{info}/METADATA"), metadata)
        archive.writestr(zipfile.ZipInfo(f"{info}/WHEEL"), f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), "".join(f"{file},,\n" for file in archive.namelist()))
    return f" --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


def make_source(folder: Path, *tags: str, boto3: bool = False) -> Path:
    """Make a function's folder with a lock of packages that lie outside of it."""
    wheels = folder / "wheels"
    source = folder / "function"
    for place in (wheels, source):
        place.mkdir(parents=True)
    (source / "handler.py").write_text("import mine\n\ndef lambda_handler(event, context): ...\n")
    (source / "test_handler.py").touch()
    lines = ["--no-index", "--find-links ../wheels"]
    lines.append("mine==1" + "".join(make_wheel(wheels, "mine", tag, FILES) for tag in tags or (ARM, HERE)))
    if boto3:
        lines.append("boto3==1" + make_wheel(wheels, "boto3", "py3-none-any", ("boto3/__init__.py",)))
    (source / "requirements.lock").write_text("\n".join(lines))
    return source


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is packed and what uv unpacks in folders of the test's own."""
    monkeypatch.setattr(packing, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.delenv(FUNCTIONS_PYTHON, raising=False)
    return tmp_path / "cache"


def define(source: Path, *, bundling: list[str] | None = None, **arguments: Any) -> PythonFunction:
    context = {} if bundling is None else {"aws:cdk:bundling-stacks": bundling}
    app = App(context=context, outdir=str(source.parent / "cdk.out"))
    return PythonFunction(Stack(app, "Stack"), "Function", source=source, **arguments)


def packed(source: Path, **arguments: Any) -> zipfile.ZipFile:
    """Give the zip that would be uploaded."""
    hash_ = function_of(synthesized(Stack.of(define(source, **arguments))))["Code"]["S3Key"]
    return zipfile.ZipFile(source.parent / "cdk.out" / f"asset.{hash_}")


def test_the_packages_of_a_lock_travel_with_the_code(tmp_path: Path) -> None:
    """And all that a package may import: some do import their tests, or read their stubs."""
    archive = packed(make_source(tmp_path / "one", boto3=True))

    assert [name for name in archive.namelist() if ".dist-info/" not in name] == [
        "mine.libs/mine.so",
        "mine/__init__.py",
        "mine/__init__.pyi",
        "mine/tests/test_it.py",
        "handler.py",
        "requirements.lock",
    ]
    assert [name for name in archive.namelist() if "RECORD" in name or "boto3" in name] == []
    assert ARM in archive.read("mine/__init__.py").decode()


def test_a_folder_can_be_named_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_source(tmp_path)
    monkeypatch.chdir(tmp_path)
    install(Path("function", "requirements.lock"), ["--python", sys.executable], tmp_path / "tree", without=())
    assert (tmp_path / "tree" / "mine" / "__init__.py").is_file()


def test_a_function_with_packages_has_room_and_time_to_import_them(tmp_path: Path) -> None:
    found = function_of(synthesized(Stack.of(define(make_source(tmp_path / "one"), bundling=[]))))
    assert (found["MemorySize"], found["Timeout"]) == (1024, 29)


def test_it_is_the_same_bytes_wherever_it_is_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = packed(make_source(tmp_path / "one"))
    umask = os.umask(0o077)
    try:
        other_source = make_source(tmp_path / "other")
        (other_source / "handler.py").chmod(0o600)
        monkeypatch.setattr(packing, "CACHE", tmp_path / "other cache")
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        other = packed(other_source)
    finally:
        os.umask(umask)

    assert one.filename
    assert other.filename
    assert Path(one.filename).name == Path(other.filename).name
    assert Path(one.filename).read_bytes() == Path(other.filename).read_bytes()


def test_what_is_packed_once_needs_uv_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_source(tmp_path / "one")
    before = packed(source).filename
    monkeypatch.setitem(sys.modules, "uv", None)

    assert packed(source).filename == before
    (source / "handler.py").write_text("def lambda_handler(event, context): return 1\n")
    changed = packed(source)
    assert changed.filename != before
    assert "mine/__init__.py" in changed.namelist()


def test_what_was_used_of_late_is_kept(tmp_path: Path, cache: Path) -> None:
    """However many functions an app has; what is made in no time goes sooner."""
    cache.mkdir()
    hours = {f"new{number}": 23 for number in range(50)}
    hours |= {"old": 25, "packages-new": 29 * 24, "packages-old": 31 * 24}
    for name, ago in hours.items():
        (cache / f"{name}.zip").touch()
        os.utime(cache / f"{name}.zip", (time.time() - ago * 3600,) * 2)
    packed(make_source(tmp_path / "one"))
    assert {name for name in hours if not (cache / f"{name}.zip").exists()} == {"packages-old", "old"}


def test_without_uv_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uv", None)
    with pytest.raises(ValueError, match=r"uv, which is not there: pip install 'cdk-data-compute\[packages\]'$"):
        define(make_source(tmp_path / "one"))


def test_nothing_is_fetched_where_nothing_is_deployed(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is not packed has another name than what is, lest one be uploaded for the other."""
    source = make_source(tmp_path / "one")
    monkeypatch.setitem(sys.modules, "uv", None)
    bare = function_of(synthesized(Stack.of(define(source, bundling=[]))))["Code"]["S3Key"]
    again = function_of(synthesized(Stack.of(define(source, bundling=["Other"]))))["Code"]["S3Key"]
    monkeypatch.undo()
    monkeypatch.setattr(packing, "CACHE", cache)

    assert bare == again
    assert not cache.exists()
    assert bare != function_of(synthesized(Stack.of(define(source))))["Code"]["S3Key"]


def test_the_laptop_gets_packages_for_its_own_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_source(tmp_path / "one")
    for_aws = packed(source).filename
    monkeypatch.setenv(FUNCTIONS_PYTHON, sys.executable)
    here = packed(source)

    assert HERE in here.read("mine/__init__.py").decode()
    assert here.filename != for_aws


def test_a_lock_that_is_not_for_the_laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FUNCTIONS_PYTHON, sys.executable)
    message = rf"requirements\.lock' has no wheel of 'mine==1' for {re.escape(sys.executable)}, which .* --universal "
    with pytest.raises(ValueError, match=message):
        define(make_source(tmp_path / "one", "cp314-none-manylinux_2_28_aarch64"))


@pytest.mark.parametrize(
    ("tag", "way_out"),
    [
        (X86, r"or pass architecture=Architecture\.X86_64, runtime=Runtime\.PYTHON_3_14, for which there are all$"),
        ("cp313-none-any", r"or pass architecture=Architecture\.ARM_64, runtime=Runtime\.PYTHON_3_13, for which"),
        ("cp39-none-win_amd64", r"no other architecture and no other runtime has all of them either$"),
    ],
)
def test_a_missing_wheel_is_told_with_the_way_out(tmp_path: Path, tag: str, way_out: str) -> None:
    with pytest.raises(
        ValueError, match=rf"has no wheel of 'mine==1' for Python 3\.14 on aarch64, .*: name .*, {way_out}"
    ):
        define(make_source(tmp_path / "one", tag))


def test_a_missing_wheel_of_a_table_is_told_without_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_source(tmp_path / "one")
    hashes = "hashes = { sha256 = 'ab' }"
    (source / "pylock.toml").write_text(
        f"packages = [{{ name = 'mine', wheels = [{{ path = '../mine-1-{X86}.whl', {hashes} }}] }}]"
    )
    monkeypatch.setitem(sys.modules, "uv", None)
    with pytest.raises(ValueError, match=r"no wheel of 'mine' for Python 3\.14 on aarch64.*; or pass .*X86_64, run"):
        define(source, bundling=[])


@pytest.mark.parametrize("name", ["pylock.toml", "uv.lock"])
def test_every_kind_of_lock_is_installed(tmp_path: Path, name: str) -> None:
    source = make_source(tmp_path / "one")
    (source / "requirements.lock").unlink()
    wheel = source.parent / "wheels" / f"mine-1-{ARM}.whl"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if name == "pylock.toml":
        archive = f"{{ path = '../wheels/{wheel.name}', hashes = {{ sha256 = '{digest}' }} }}"
        text = f"lock-version = '1.0'\ncreated-by = 'hand'\npackages = [{{ name = 'mine', archive = {archive} }}]"
    else:
        project = "[project]\nname = 'f'\nversion = '0'\nrequires-python = '>=3.11'\ndependencies = ['mine']\n"
        (source / "pyproject.toml").write_text(
            f"{project}[tool.uv.sources]\nmine = {{ path = '../wheels/{wheel.name}' }}\n"
        )
        text = (
            "version = 1\nrequires-python = '>=3.11'\n"
            "[[package]]\nname = 'f'\nversion = '0'\nsource = { virtual = '.' }\ndependencies = [{ name = 'mine' }]\n"
            f"[[package]]\nname = 'mine'\nversion = '1'\nsource = {{ path = '../wheels/{wheel.name}' }}\n"
            f"wheels = [{{ filename = '{wheel.name}', hash = 'sha256:{digest}' }}]\n"
        )
    (source / name).write_text(text)
    assert "mine/__init__.py" in packed(source).namelist()


def test_what_lambda_would_not_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_MIB", 2)
    source = make_source(tmp_path / "one")
    (source / "table.csv").write_bytes(bytes(3 * packing.MIB))
    message = r"are 3 MiB, and Lambda takes 2, unzipped: do without the biggest \(table\.csv 3 MiB, "
    with pytest.raises(ValueError, match=message):
        define(source)


def test_a_file_that_a_package_has_too_is_refused(tmp_path: Path) -> None:
    source = make_source(tmp_path / "one")
    (source / "mine").mkdir()
    (source / "mine" / "__init__.py").touch()
    with pytest.raises(
        ValueError, match=r"function/mine/__init__\.py' is a file of a package too: give it another name$"
    ):
        define(source)


def test_boto3_travels_where_it_is_asked_for(tmp_path: Path) -> None:
    source = make_source(tmp_path / "one", boto3=True)
    assert "boto3/__init__.py" in packed(source, bring_boto3=True).namelist()


def test_a_botocore_without_boto3_travels_where_it_is_asked_for(tmp_path: Path) -> None:
    """As a lock of s3fs has it; what patches botocore is told before it meets another one."""
    source = make_source(tmp_path / "one")
    made = make_wheel(tmp_path / "one" / "wheels", "botocore", "py3-none-any", ("botocore/__init__.py",))
    aio = make_wheel(tmp_path / "one" / "wheels", "aiobotocore", "py3-none-any", ("aiobotocore/__init__.py",))
    with (source / "requirements.lock").open("a") as lock:
        lock.write(f"\nbotocore==1{made}\naiobotocore==1{aio}")

    with pytest.raises(ValueError, match=r"requirements\.lock' has aiobotocore, .*: pass bring_boto3=True$"):
        define(source)
    assert "botocore/__init__.py" in packed(source, bring_boto3=True).namelist()


@pytest.mark.parametrize(
    ("lock", "wishes", "command"),
    [
        (
            "requirements.lock",
            "requirements.txt",
            "pip compile --directory {} .* --universal .* --output-file requirements.lock",
        ),
        ("pylock.toml", "requirements.txt", "pip compile --directory {} .* --output-file pylock.toml"),
        ("uv.lock", "pyproject.toml", "lock --directory {}"),
    ],
)
def test_boto3_that_no_lock_has_cannot_be_brought(tmp_path: Path, lock: str, wishes: str, command: str) -> None:
    """Its stubs are another package."""
    source = make_source(tmp_path / "one")
    texts = {
        "requirements.lock": "boto3-stubs==1 --hash=sha256:ab",
        "pylock.toml": "packages = [{ name = 'boto3-stubs' }]",
        "uv.lock": "package = [{ name = 'f', source = { virtual = '.' } }]",
    }
    (source / lock).write_text(texts[lock])
    message = (
        rf"^bring_boto3 is True, .* asks for boto3: add `boto3` to {wishes}, then `/.*/uv {command.format(source)}`$"
    )
    with pytest.raises(ValueError, match=message):
        define(source, bring_boto3=True)


@pytest.mark.parametrize(("lock", "text"), [("requirements.txt", None), ("requirements.lock", "mine==1")])
def test_the_command_that_an_error_names_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lock: str, text: str | None
) -> None:
    """Pasted into a shell that has no uv, in whatever folder, it makes a lock for the laptop too."""
    source = make_source(tmp_path / "with a space", "py3-none-any")
    (source / "requirements.lock").unlink()
    (source / "requirements.txt").write_text("--no-index\n--find-links ../wheels\nmine\n")
    if text:
        (source / lock).write_text(text)
    with pytest.raises(ValueError, match=rf"{lock}' .*--universal ") as refused:
        define(source, bundling=[])
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    command = ["sh", "-c", str(refused.value).split("`")[1]]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    assert define(source, bundling=[])


@pytest.mark.parametrize(
    ("line", "lacks"),
    [
        ("tabulate", True),
        ("tabulate>=1  # for the report", True),
        ("mine>=2", True),
        ("tabulate ; sys_platform == 'linux'", True),
        ("tabulate ; python_version < '3.14'", False),
        ("Mine[more]>=1,<2 ; sys_platform == 'linux'  # ours", False),
        ("../wheels/tabulate.whl", False),
        ("--index-url https://example.org", False),
    ],
)
def test_a_lock_that_is_older_than_its_requirements_is_refused(tmp_path: Path, line: str, lacks: bool) -> None:
    source = make_source(tmp_path)
    (source / "requirements.txt").write_text(f"mine\n{line}\n")
    if not lacks:
        assert define(source, bundling=[])
        return
    with pytest.raises(
        ValueError, match=rf"requirements\.txt' asks for '{line[:6]}.*', which requirements\.lock lacks: lock .* `/"
    ):
        define(source, bundling=[])


def test_what_lambda_has_makes_no_stale_lock_a_good_one(tmp_path: Path) -> None:
    source = make_source(tmp_path)
    (source / "requirements.lock").write_text("boto3==1 --hash=sha256:ab")
    (source / "requirements.txt").write_text("boto3\ntabulate\n")
    with pytest.raises(ValueError, match=r"asks for 'tabulate', which requirements\.lock lacks"):
        define(source, bundling=[])


def test_an_old_runtime_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^runtime 'python3\.11' runs on Amazon Linux 2, .* Runtime\.PYTHON_3_12 or"):
        define(make_source(tmp_path / "one"), runtime=lambda_.Runtime.PYTHON_3_11)


def test_a_runtime_that_is_newer_than_this_library_is_taken(tmp_path: Path) -> None:
    # Not a real one: the CDK would count it among all, and cdk-nag ask it of every function of the tests to come.
    newer = cast(lambda_.Runtime, SimpleNamespace(name="python3.15"))
    assert packages_for(make_source(tmp_path / "one"), newer, lambda_.Architecture.ARM_64, bring_boto3=False)


def test_who_deploys_is_told_that_it_has_packages(tmp_path: Path) -> None:
    """By the assembly, which `make watch` reads."""
    function = define(make_source(tmp_path / "one"), bundling=[])
    noted = {entry.type for entry in cast(IConstruct, function.lambda_function.node.default_child).node.metadata}
    assert {SOURCE, WITH_PACKAGES} <= noted


def test_a_program_in_the_folder_can_be_run(tmp_path: Path) -> None:
    source = make_source(tmp_path / "one")
    (source / "program").touch(mode=0o700)
    archive = packed(source)
    modes = {name: archive.getinfo(name).external_attr >> 16 for name in ("program", "handler.py", "mine/__init__.py")}
    assert modes == {"program": 0o100755, "handler.py": 0o100644, "mine/__init__.py": 0o100644}


def test_a_link_brings_what_it_leads_to(tmp_path: Path) -> None:
    """Out of the folder, or to another file of it."""
    source = make_source(tmp_path / "one")
    (tmp_path / "shared.py").write_text("SHARED = 1\n")
    (source / "shared.py").symlink_to(tmp_path / "shared.py")
    (source / "again.py").symlink_to(source / "handler.py")
    (source / "round").symlink_to(source)
    archive = packed(source)
    assert archive.read("shared.py") == b"SHARED = 1\n"
    assert archive.read("again.py") == archive.read("handler.py")
    assert not [name for name in archive.namelist() if name.startswith("round")]


def test_a_private_key_stays_an_error(tmp_path: Path) -> None:
    source = make_source(tmp_path / "one")
    (source / "laptop.pem").touch()
    with pytest.raises(ValueError, match="has the name of a key"):
        define(source)
