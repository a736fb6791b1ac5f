"""Which file counts, and which locks are none for the machine."""

import re
from pathlib import Path

import pytest
from aws_cdk import aws_ec2 as ec2

from data_compute.locks import check_lock, packages_of, pinned
from data_compute.requirements import FILES, is_locked, lines_of, requirements_of
from data_compute.target import Target, processor_of

ARM, X86 = Target("3.12", "aarch64"), Target("3.12", "x86_64")
NUMPY = "numpy-2.3.0-cp312-cp312-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl"
HERE = "https://example.org/"

PYLOCK = f"""\
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.12"

[[packages]]
name = "numpy"
version = "2.3.0"
wheels = [{{ url = "{HERE}{NUMPY}", hashes = {{ sha256 = "ab" }} }}]

[[packages]]
name = "mine"
archive = {{ path = "wheels/mine-1.0-py3-none-any.whl", hashes = {{ sha256 = "ab" }} }}

[[packages]]
name = "torch"
version = "2.0+cpu"
wheels = [{{ name = "torch-2.0+cpu-cp39-abi3-linux_aarch64.whl", url = "{HERE}torch", hashes = {{ sha256 = "ab" }} }}]

[[packages]]
name = "pywin32"
marker = "sys_platform == 'win32' or 'tests' in dependency_groups or 'more' in extras"
wheels = [{{ url = "{HERE}pywin32-1-cp312-cp312-win_amd64.whl", hashes = {{}} }}]
"""

UV_LOCK = f"""\
version = 1
requires-python = ">=3.11"

[[package]]
name = "app"
version = "0"
source = {{ virtual = "." }}
dependencies = [
    {{ name = "old", version = "1", marker = "python_full_version < '3.12'" }},
    {{ name = "old", version = "2", marker = "python_full_version >= '3.12'" }},
    {{ name = "needs", extra = ["more"] }},
    {{ name = "pywin32", marker = "sys_platform == 'win32'" }},
]
dev-dependencies = {{ dev = [{{ name = "pytest" }}] }}

[[package]]
name = "old"
version = "1"
source = {{ registry = "{HERE}" }}

[[package]]
name = "old"
version = "2"
source = {{ registry = "{HERE}" }}
wheels = [{{ url = "{HERE}{NUMPY.replace("numpy", "old")}", hash = "sha256:ab" }}]

[[package]]
name = "needs"
version = "1"
source = {{ registry = "{HERE}" }}
sdist = {{ url = "{HERE}needs-1.tar.gz", hash = "sha256:ab" }}
wheels = [{{ url = "{HERE}needs-1-py2.py3-none-any.whl#1", hash = "sha256:ab" }}]
dependencies = [{{ name = "old", version = "2" }}]
optional-dependencies = {{ more = [{{ name = "extra" }}, {{ name = "needs" }}], unwanted = [{{ name = "pywin32" }}] }}

[[package]]
name = "extra"
version = "1"
source = {{ path = "wheels/extra-1-py3-none-any.whl" }}
wheels = [{{ filename = "extra-1-py3-none-any.whl", hash = "sha256:ab" }}]

[[package]]
name = "pywin32"
version = "1"
source = {{ git = "{HERE}" }}

[[package]]
name = "pytest"
version = "1"
source = {{ editable = "pytest" }}
"""


def lock(folder: Path, name: str, text: str) -> Path:
    (folder / "pyproject.toml").touch()
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_the_first_of_four_files_counts(tmp_path: Path) -> None:
    assert requirements_of(tmp_path) is None
    for name in reversed(FILES):
        (tmp_path / name).touch()
        assert requirements_of(tmp_path) == tmp_path / name
    assert FILES == ("pylock.toml", "uv.lock", "requirements.lock", "requirements.txt")


@pytest.mark.parametrize(
    ("text", "locked"),
    [
        (
            "# All of it\n--index-url https://example.org\nsix==1 \\\n    --hash=sha256:ab \\\n    --hash=sha256:cd\n",
            True,
        ),
        ("six==1 --hash=sha256:ab\nnumpy==2\n", False),
        ("six==1 --hash=sha256:ab\n-r more.txt\n", False),
        ("six==1 --hash=sha256:ab\n-e .\n", False),
    ],
)
def test_requirements_are_locked_by_a_hash_in_every_line(tmp_path: Path, text: str, locked: bool) -> None:
    for name in ("requirements.txt", "requirements.lock"):
        file = lock(tmp_path, name, text)
        if locked or name == "requirements.txt":
            check_lock(file, ARM)
        else:
            with pytest.raises(ValueError, match=rf"requirements\.lock' has no hash for '{lines_of(file)[-1]}', which"):
                check_lock(file, ARM)
    assert is_locked(tmp_path / "requirements.txt") is locked


@pytest.mark.parametrize(
    ("name", "text", "packages"),
    [("pylock.toml", PYLOCK, ["mine", "numpy", "torch"]), ("uv.lock", UV_LOCK, ["extra", "needs", "old"])],
)
def test_a_lock_of_what_the_machine_installs(tmp_path: Path, name: str, text: str, packages: list[str]) -> None:
    """What other systems, groups and extras would need may be anything."""
    file = lock(tmp_path, name, text)
    check_lock(file, ARM)
    assert sorted(package.name for package in packages_of(file, ARM)) == packages
    with pytest.raises(
        ValueError, match=rf"{name}' has no wheel of '(numpy|old)' for Python 3\.12 on x86_64, .* then `/.*/uv "
    ):
        check_lock(file, X86)


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "said"),
    [
        ("pylock.toml", PYLOCK, 'sha256 = "ab"', "", "no hash for 'numpy', which could be another one tomorrow: name"),
        ("pylock.toml", PYLOCK, "archive = {", "directory = {", "no hash for 'mine', which"),
        ("pylock.toml", PYLOCK, "cp312-cp312", "cp313-cp313", "no wheel of 'numpy' for Python 3.12 on aarch64, and"),
        ("pylock.toml", PYLOCK, "_2_28_", "_2_39_", ""),
        ("pylock.toml", PYLOCK, "_2_27_aarch64.manylinux_2_28_", "_2_35_", "no wheel of 'numpy'"),
        ("pylock.toml", PYLOCK, "mine-1.0-py3-none-any.whl", "mine-1.0.tar.gz", "no wheel of 'mine'"),
        ("pylock.toml", PYLOCK, ">=3.12", ">=3.13", "(it is for Python >=3.13, and 3.12 is what runs it): make"),
        ("pylock.toml", PYLOCK, "[[packages]]", "[[packages", "is no lock to install from ("),
        ("pylock.toml", PYLOCK, "sys_platform ==", "sys_platform is", "is no lock to install from ("),
        ("uv.lock", UV_LOCK, ', hash = "sha256:ab" }]', " }]", "no hash for 'needs', which"),
        ("uv.lock", UV_LOCK, "old-2.3.0-cp312-cp312-", "old-2.3.0-cp312-cp312t-", "no wheel of 'old'"),
        ("uv.lock", UV_LOCK, "version = 1\n", "", ""),
        ("uv.lock", UV_LOCK, 'virtual = "."', 'virtual = "other"', "(it is not of the project beside it): make"),
        ("uv.lock", UV_LOCK, "[[package]]", "[[packages]]", "is no lock to install from ("),
    ],
)
def test_a_lock_that_is_none(tmp_path: Path, name: str, text: str, old: str, new: str, said: str) -> None:
    assert old in text
    file = lock(tmp_path, name, text.replace(old, new))
    if not said:
        check_lock(file, ARM)
        return
    with pytest.raises(ValueError, match=rf"^{re.escape(repr(str(file)))} .*{re.escape(said)}.*`/.*/uv "):
        check_lock(file, ARM)


def test_a_lock_of_uvs_without_its_project(tmp_path: Path) -> None:
    file = lock(tmp_path, "uv.lock", UV_LOCK)
    (tmp_path / "pyproject.toml").unlink()
    with pytest.raises(ValueError, match=r"uv\.lock' has no pyproject\.toml beside it, which uv needs"):
        check_lock(file, ARM)


@pytest.mark.parametrize(
    "name", ["t4g.small", "t3.small", "a1.large", "im4gn.large", "g6.xlarge", "g5g.xlarge", "m7i.large"]
)
def test_an_instance_types_processor_is_the_cdks(name: str) -> None:
    graviton = ec2.InstanceType(name).architecture == ec2.InstanceArchitecture.ARM_64
    assert processor_of(name) == ("aarch64" if graviton else "x86_64")


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        ("pylock.toml", PYLOCK, "2.3.0"),
        ("uv.lock", UV_LOCK.replace('"needs"', '"numpy"'), "1"),
        ("requirements.lock", "numpy==2.3.0 \\\n    --hash=sha256:ab\n", "2.3.0"),
        ("requirements.txt", "# numpy==1.0\nnumpy == 2.3.0 ; python_version > '3'\n", "2.3.0"),
        ("requirements.txt", "numpy==2.3.*\n", "2.3"),
        ("requirements.txt", "numpy==2.*\n", None),
        ("requirements.txt", "NumPy[x]===2.3.0\n", "2.3.0"),
        ("requirements.txt", "numpy>=1,==2.3.0\n", "2.3.0"),
        ("requirements.txt", "numpy>=2\nnumpy-financial==1.0\n", None),
        ("requirements.txt", "", None),
    ],
)
def test_the_version_to_which_a_file_keeps(tmp_path: Path, name: str, text: str, version: str | None) -> None:
    (tmp_path / name).write_text(text)

    assert pinned(tmp_path / name, "numpy") == version
