"""The set-up: nothing to do the second time, and one clear line for each way in which it can fail."""

import base64
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests import company_proxy

# Each runs the set-up, or a part of it.
pytestmark = pytest.mark.system

LOCKS = ("requirements-dev.txt", "requirements-audit.txt", "package-lock.json")
FILES = ("Makefile", "pyproject.toml", "package.json", *LOCKS)
WRONG_HASH = "0" * 64

SetUp = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """Give a copy of what the set-up reads, not set up."""
    for name in FILES:
        shutil.copy(root / name, tmp_path)
    shutil.copytree(root / "tools", tmp_path / "tools")
    return tmp_path


def isolated(checkout: Path, registry: str) -> dict[str, str]:
    """Give an environment with nothing of this machine's settings, and with one package registry."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(checkout / "home"),
        "PYTHON": sys.executable,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": registry,
        "PIP_RETRIES": "1",
        "UV_NO_CONFIG": "1",
        "UV_DEFAULT_INDEX": registry,
        "UV_HTTP_RETRIES": "0",
        "UV_CACHE_DIR": str(checkout / "cache"),
        "npm_config_registry": registry,
        "npm_config_fetch_retries": "0",
    }


@pytest.fixture
def set_up(checkout: Path, closed_port: int) -> SetUp:
    """Run tools/set-up where the only package registry is a port at which nobody listens."""

    def run(step: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["tools/set-up", step],
            cwd=checkout,
            env=isolated(checkout, f"https://127.0.0.1:{closed_port}/simple") | environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Give a port that is taken, so that nobody else listens there, and does not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def the_one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith("set-up: ")
    return line


def touch(checkout: Path, moments: Mapping[str, int]) -> None:
    for name, moment in moments.items():
        file = checkout / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
        os.utime(file, (moment, moment))


def make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # These tests may themselves run under make, which would tell this one that it is nested.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    return subprocess.run(
        ["make", *arguments], cwd=checkout, env=environment, capture_output=True, text=True, timeout=60
    )


SET_UP_ONCE = dict.fromkeys([*FILES, "tools/set-up"], 1000) | {".venv/.ready": 2000, "node_modules/.ready": 3000}


def test_second_set_up_does_nothing(checkout: Path) -> None:
    touch(checkout, SET_UP_ONCE)

    assert make(checkout, "--question", "node_modules/.ready").returncode == 0
    assert "tools/set-up" not in make(checkout, "--dry-run", "test").stdout


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        ("requirements-dev.txt", ["python", "node"]),
        ("pyproject.toml", ["python", "node"]),
        ("tools/set-up", ["python", "node"]),
        ("package-lock.json", ["node"]),
        ("Makefile", []),
    ],
)
def test_a_changed_lock_sets_up_what_it_locks(checkout: Path, changed: str, steps: list[str]) -> None:
    touch(checkout, SET_UP_ONCE | {changed: 4000})

    lines = make(checkout, "--dry-run", "test").stdout.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("tools/set-up ")] == steps


def test_python_that_is_too_old(checkout: Path, set_up: SetUp) -> None:
    old = checkout / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\n')
    old.chmod(0o755)

    line = the_one_line(set_up("python", PYTHON=str(old)))

    assert line.startswith(f"set-up: needs Python 3.11 or newer and found Python 3.9.2 as PYTHON={old}; install one")
    assert line.endswith("or name it: make PYTHON=/path/to/python3")


def test_no_python_at_all(set_up: SetUp) -> None:
    line = the_one_line(set_up("python", PYTHON="/nowhere/python3"))

    assert line.startswith(
        "set-up: needs Python 3.11 or newer and found no Python as PYTHON=/nowhere/python3; install one"
    )


def test_make_stops_where_the_set_up_does(checkout: Path) -> None:
    done = make(checkout, "test", "PYTHON=/nowhere/python3")

    assert done.returncode == 2
    line, by_make = done.stderr.splitlines()
    assert line.startswith(
        "set-up: needs Python 3.11 or newer and found no Python as PYTHON=/nowhere/python3; install one"
    )
    assert by_make.startswith("make: *** ")


@pytest.fixture
def environment(checkout: Path) -> Path:
    """Give the environment that the set-up would make first, with the pip of this one, in no time."""
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--offline", "--python", sys.executable, checkout / ".venv"], check=True)
    (site,) = checkout.glob(".venv/lib/python*/site-packages")
    pip = subprocess.run(
        [sys.executable, "-c", "import pip; print(pip.__path__[0])"], check=True, capture_output=True, text=True
    )
    (site / "pip").symlink_to(pip.stdout.strip())
    (checkout / ".venv" / "bin" / "pip").symlink_to(shutil.which("true") or "/bin/true")
    return checkout / ".venv"


@pytest.fixture
def with_uv(checkout: Path, environment: Path) -> None:
    """Give the environment uv as well, in the version that the lock wants."""
    version = subprocess.run(
        [Path(sys.executable).with_name("uv"), "--version"], check=True, capture_output=True, text=True
    )
    assert f"\nuv=={version.stdout.split()[1]} " in (checkout / "requirements-dev.txt").read_text()
    (environment / "bin" / "uv").symlink_to(Path(sys.executable).with_name("uv"))


def stand_in(file: Path, script: str) -> str:
    """Write a program in another's place, and give the PATH that finds it first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return f"{file.parent}:{Path(sys.executable).parent}:/usr/bin:/bin"


def test_one_set_up_at_a_time(checkout: Path, environment: Path, set_up: SetUp) -> None:
    """The second is told so, and the first comes to its end."""
    version = (checkout / "requirements-dev.txt").read_text().partition("\nuv==")[2].split()[0]
    second = "tools/set-up node >second 2>&1; echo $? >>second"
    stand_in(environment / "bin" / "uv", f'[ "$1" = --version ] && exec echo uv {version}\n{second}')

    done = set_up("python")

    assert (done.returncode, done.stderr) == (0, "")
    assert (checkout / "second").read_text().splitlines() == [
        "set-up: another set-up of this checkout is running; wait until it is done and run the same command again",
        "1",
    ]


def test_make_sets_up_one_after_the_other_whatever_is_asked_for(checkout: Path) -> None:
    stand_in(checkout / "tools/set-up", "mkdir -p .venv/audit node_modules && mkdir busy && sleep 0.2 && rmdir busy")

    assert make(checkout, "--jobs=2", ".venv/audit/.ready", "node_modules/.ready").returncode == 0


@pytest.mark.usefixtures("with_uv")
def test_bytecode_that_comes_while_it_is_removed(checkout: Path, set_up: SetUp) -> None:
    """Then rm finds a folder that is not empty."""
    script = 'case "$*" in *bytecode*) echo "rm: not empty" >&2; exit 1 ;; esac; exec /bin/rm "$@"'

    line = the_one_line(set_up("python", PATH=stand_in(checkout / "bin" / "rm", script)))

    assert line.startswith("set-up: no network: could not fetch the packages")


@pytest.mark.parametrize(("free_kb", "said"), [(1_000_000, True), (9_000_000, False)])
def test_a_small_disk(checkout: Path, set_up: SetUp, free_kb: int, said: bool) -> None:
    path = stand_in(checkout / "bin" / "df", f"echo Filesystem; echo /dev/x 9999999 1 {free_kb} 1% /")
    # To make an environment takes seconds, and what is said comes before.
    stand_in(checkout / "bin" / "python", f'case "$*" in *venv*) exit 1 ;; esac; exec {sys.executable} "$@"')

    lines = set_up("python", PATH=path, PYTHON=str(checkout / "bin" / "python")).stderr.splitlines()

    told = "set-up: needs 2500 MB of disk and 976 are free here; it goes on, and may not come to its end"
    assert lines[:-1] == [told] * said
    assert lines[-1].startswith("set-up: ")


@pytest.mark.usefixtures("environment")
def test_no_network_for_the_first_tool(set_up: SetUp) -> None:
    line = the_one_line(set_up("python"))

    assert line.startswith("set-up: no network: could not fetch the packages of requirements-dev.txt; connect and run")


@pytest.mark.usefixtures("with_uv")
def test_no_network_for_the_packages(set_up: SetUp) -> None:
    line = the_one_line(set_up("python"))

    assert line.startswith("set-up: no network: could not fetch the packages of requirements-dev.txt; connect and run")


@pytest.mark.usefixtures("with_uv")
def test_no_name_service_for_the_packages(set_up: SetUp) -> None:
    line = the_one_line(set_up("python", UV_DEFAULT_INDEX="https://nowhere.invalid/simple"))

    assert line.startswith("set-up: no network: could not fetch the packages of requirements-dev.txt; connect and run")


def test_no_network_for_the_command_line(set_up: SetUp) -> None:
    line = the_one_line(set_up("node"))

    assert line.startswith("set-up: no network: could not fetch the packages of package-lock.json; connect and run")


@pytest.mark.usefixtures("with_uv")
def test_a_lock_with_a_wrong_hash(checkout: Path, set_up: SetUp) -> None:
    version = (checkout / "requirements-dev.txt").read_text().partition("\nuv==")[2].split()[0]
    (checkout / "requirements-dev.txt").write_text(f"uv=={version} \\\n    --hash=sha256:{WRONG_HASH}\n")
    registry = write_registry(checkout / "registry", "uv", version)

    line = the_one_line(set_up("python", UV_DEFAULT_INDEX=registry.as_uri()))

    assert line.startswith("set-up: requirements-dev.txt does not install as it is written; restore it (git checkout ")
    assert "or rebuild it (make lock)" in line
    assert "Hash mismatch" in (checkout / ".set-up.log").read_text()


@pytest.mark.usefixtures("with_uv")
def test_a_lock_of_the_audit_with_a_wrong_hash(checkout: Path, set_up: SetUp) -> None:
    (checkout / "requirements-audit.txt").write_text(f"checkov==3.3.30 \\\n    --hash=sha256:{WRONG_HASH}\n")
    registry = write_registry(checkout / "registry", "checkov", "3.3.30")

    line = the_one_line(set_up("audit", UV_DEFAULT_INDEX=registry.as_uri()))

    assert line.startswith(
        "set-up: requirements-audit.txt does not install as it is written; restore it (git checkout "
    )
    assert "Hash mismatch" in (checkout / ".set-up.log").read_text()


@pytest.mark.usefixtures("with_uv")
def test_the_audit_builds_no_source_distribution(checkout: Path, set_up: SetUp) -> None:
    (checkout / "requirements-audit.txt").write_text(f"checkov==3.3.30 \\\n    --hash=sha256:{WRONG_HASH}\n")
    registry = write_registry(checkout / "registry", "checkov", "3.3.30", ".tar.gz")

    the_one_line(set_up("audit", UV_DEFAULT_INDEX=registry.as_uri()))
    assert "building from source is disabled" in (checkout / ".set-up.log").read_text()


def write_registry(folder: Path, name: str, version: str, kind: str = "-py3-none-any.whl") -> Path:
    """Write a registry of one package, an empty one."""
    page = folder / name / "index.html"
    page.parent.mkdir(parents=True)
    file = f"{name}-{version}{kind}"
    page.write_text(f'<a href="{file}">{file}</a>')
    with zipfile.ZipFile(page.with_name(file), "w") as wheel:
        about = f"{name}-{version}.dist-info"
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return folder


@pytest.mark.usefixtures("with_uv")
def test_a_lock_that_is_no_lock(checkout: Path, set_up: SetUp) -> None:
    with (checkout / "requirements-dev.txt").open("a") as lock:
        lock.write("<<<<<<< HEAD\n")

    line = the_one_line(set_up("python"))

    assert line.startswith("set-up: requirements-dev.txt does not install as it is written; restore it (git checkout ")


@pytest.mark.usefixtures("environment")
def test_a_lock_without_the_first_tool(checkout: Path, set_up: SetUp) -> None:
    (checkout / "requirements-dev.txt").write_text("")

    line = the_one_line(set_up("python"))

    assert line.startswith("set-up: requirements-dev.txt names no uv; restore it (git checkout requirements-dev.txt)")


def write_aws_cdk(folder: Path, version: str) -> Path:
    """Write a package for npm, an empty one."""
    package = folder / "package"
    package.mkdir()
    (package / "package.json").write_text(json.dumps({"name": "aws-cdk", "version": version}))
    subprocess.run(["tar", "czf", "aws-cdk.tgz", "package"], cwd=folder, check=True)
    return folder / "aws-cdk.tgz"


def test_a_lock_of_the_command_line_with_a_wrong_hash(checkout: Path, set_up: SetUp) -> None:
    lock = json.loads((checkout / "package-lock.json").read_text())
    locked = lock["packages"]["node_modules/aws-cdk"]
    write_aws_cdk(checkout, locked["version"])
    locked["resolved"] = "file:aws-cdk.tgz"
    (checkout / "package-lock.json").write_text(json.dumps(lock))

    line = the_one_line(set_up("node"))

    assert line.startswith("set-up: package-lock.json does not install as it is written; restore it (git checkout ")
    assert "EINTEGRITY" in (checkout / ".set-up.log").read_text()


def test_a_lock_of_the_command_line_that_is_no_lock(checkout: Path, set_up: SetUp) -> None:
    (checkout / "package-lock.json").write_text("<<<<<<< HEAD\n")

    line = the_one_line(set_up("node"))

    assert line.startswith("set-up: package-lock.json does not install as it is written; restore it (git checkout ")


# What fetches by means of each tool. To uv and npm make says whom to trust; the steps before have been made.
FETCH_BY = {
    "pip": ("tools/set-up", "python"),
    "uv": ("make", ".venv/audit/.ready", "--old-file=.venv/.ready"),
    "npm": ("make", "node_modules/.ready", "--old-file=.venv/.ready"),
}
LOCK_OF = {"pip": "requirements-dev.txt", "uv": "requirements-audit.txt", "npm": "package-lock.json"}
# A namespace of its own for what is mounted, in which the system's certificates are others.
WITH_STORE = ("unshare", "--map-root-user", "--mount", "sh", "-euc", 'mount --bind "$0" /etc/ssl/certs; exec "$@"')
NOT_TRUSTED = "is not trusted (a company's proxy?); have the proxy's certificate in the system's store, or in a file: "


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Give the file with the certificate to trust, which the proxy writes."""
    return tmp_path / "authority.pem"


@pytest.fixture
def fetch_by(request: pytest.FixtureRequest, checkout: Path, authority: Path) -> Iterator[SetUp]:
    """Fetch a package of ours by means of a tool from behind a company's proxy."""
    served = checkout / "served"
    with company_proxy.running(served, authority) as proxy:
        environment = isolated(checkout, f"https://{company_proxy.HOST}/simple") | {"HTTPS_PROXY": proxy}

        def run(tool: str, *inside: str | Path, **theirs: str) -> subprocess.CompletedProcess[str]:
            if tool == "npm":
                lock_aws_cdk(checkout, served)
            else:
                request.getfixturevalue("environment" if tool == "pip" else "with_uv")
                lock_stand_in_of_uv(checkout / LOCK_OF[tool], served)
            return subprocess.run(
                [*inside, *FETCH_BY[tool]],
                cwd=checkout,
                env=environment | theirs,
                capture_output=True,
                text=True,
                timeout=60,
            )

        yield run


def lock_aws_cdk(checkout: Path, served: Path) -> None:
    lock = json.loads((checkout / "package-lock.json").read_text())
    locked = lock["packages"]["node_modules/aws-cdk"]
    served.mkdir()
    package = write_aws_cdk(served, locked["version"])
    locked["resolved"] = f"https://{company_proxy.HOST}/{package.name}"
    locked["integrity"] = "sha512-" + base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    (checkout / "package-lock.json").write_text(json.dumps(lock))


def lock_stand_in_of_uv(lock: Path, served: Path) -> None:
    """Let a uv that does nothing be all that is fetched: the set-up runs to its end."""
    (wheel,) = write_registry(served / "simple", "uv", "1.0").glob("uv/*.whl")
    script = zipfile.ZipInfo("uv-1.0.data/scripts/uv")
    script.external_attr = 0o100755 << 16
    with zipfile.ZipFile(wheel, "a") as opened:
        opened.writestr(script, "#!/bin/sh\n")
    lock.write_text(f"uv==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")


@pytest.mark.parametrize("tool", FETCH_BY)
def test_a_certificate_that_is_not_trusted(fetch_by: SetUp, tool: str) -> None:
    done = fetch_by(tool)

    line = done.stderr.splitlines()[0]
    assert line.startswith(f"set-up: the certificate of the connection that fetches the packages of {LOCK_OF[tool]} ")
    assert f"{NOT_TRUSTED}SSL_CERT_FILE=/path/to/it.pem make. Details: " in line


@pytest.mark.parametrize(
    ("tool", "name"),
    [
        *((tool, "SSL_CERT_FILE") for tool in FETCH_BY),
        ("pip", "REQUESTS_CA_BUNDLE"),
        ("npm", "NODE_EXTRA_CA_CERTS"),
    ],
)
def test_a_certificate_that_a_person_trusts(fetch_by: SetUp, authority: Path, tool: str, name: str) -> None:
    done = fetch_by(tool, **{name: str(authority)})

    assert (done.returncode, done.stderr) == (0, "")


def test_a_certificate_that_the_settings_of_pip_name(fetch_by: SetUp, authority: Path, tmp_path: Path) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\ncert = {authority}\n")

    done = fetch_by("pip", PIP_CONFIG_FILE=str(settings))

    assert (done.returncode, done.stderr) == (0, "")


def test_certificates_in_no_file(fetch_by: SetUp) -> None:
    done = fetch_by("pip", SSL_CERT_FILE="/nowhere/it.pem")

    (line,) = done.stderr.splitlines()
    assert line == "set-up: SSL_CERT_FILE=/nowhere/it.pem cannot be read; name a file of certificates, or unset it"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give an empty folder that can stand in for the system's store."""
    folder = tmp_path / "store"
    folder.mkdir()
    if not shutil.which("unshare") or subprocess.run([*WITH_STORE, folder, "true"], capture_output=True).returncode:
        pytest.skip("needs /etc/ssl/certs and a namespace: Debian as root, or allow unshare --map-root-user --mount")
    return folder


@pytest.mark.parametrize("tool", FETCH_BY)
def test_a_certificate_that_the_system_trusts(fetch_by: SetUp, authority: Path, store: Path, tool: str) -> None:
    shutil.copy(authority, store / "ca-certificates.crt")
    subprocess.run(["openssl", "rehash", store], check=True)

    done = fetch_by(tool, *WITH_STORE, store)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_system_that_trusts_nobody(fetch_by: SetUp, store: Path) -> None:
    done = fetch_by("uv", *WITH_STORE, store)

    line, _ = done.stderr.splitlines()
    assert line.startswith("set-up: this system has no certificates to check connections with; install them (Debian")


@pytest.mark.parametrize(("step", "status"), [("--help", 0), ("ruby", 2)])
def test_usage(set_up: SetUp, step: str, status: int) -> None:
    done = set_up(step)

    assert done.returncode == status
    assert (done.stdout + done.stderr).startswith("usage: tools/set-up python|node")
    assert bool(done.stderr) == bool(status)


CACHES = (
    "PYTHONPYCACHEPREFIX",
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT",
    "UV_CACHE_DIR",
    "PIP_CACHE_DIR",
    "npm_config_cache",
    "NODE_COMPILE_CACHE",
)


@pytest.fixture
def told(checkout: Path) -> Callable[..., dict[str, str]]:
    """Give the environment of whatever make starts, from a person's."""
    (checkout / "tools/set-up").write_text("#!/bin/sh\nmkdir -p .venv && env >told\n")

    def run(**theirs: str) -> dict[str, str]:
        (checkout / "told").unlink(missing_ok=True)
        subprocess.run(
            ["make", "--always-make", ".venv/.ready"],
            cwd=checkout,
            env={"PATH": os.environ["PATH"]} | theirs,
            check=True,
        )
        return dict(line.split("=", 1) for line in (checkout / "told").read_text().splitlines())

    return run


def test_whatever_make_starts_keeps_its_caches_in_the_checkout(
    checkout: Path, told: Callable[..., dict[str, str]]
) -> None:
    found = told()
    assert all(Path(found[name]).is_relative_to(checkout / ".venv/cache") for name in CACHES)
    assert len({found[name] for name in CACHES}) == len(CACHES)
    assert told(UV_CACHE_DIR="/theirs")["UV_CACHE_DIR"] == "/theirs"
    assert "PYTHONDONTWRITEBYTECODE" not in told(PYTHONDONTWRITEBYTECODE="1")


def test_whatever_make_starts_trusts_whom_the_system_or_the_person_trusts(told: Callable[..., dict[str, str]]) -> None:
    found = told()
    assert (found["UV_SYSTEM_CERTS"], found["NODE_USE_SYSTEM_CA"]) == ("true", "1")
    assert "NODE_EXTRA_CA_CERTS" not in found
    assert told(SSL_CERT_FILE="/a$b.pem")["NODE_EXTRA_CA_CERTS"] == "/a$b.pem"
    assert told(SSL_CERT_FILE="/a.pem", NODE_EXTRA_CA_CERTS="/b.pem")["NODE_EXTRA_CA_CERTS"] == "/b.pem"
