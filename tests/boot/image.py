"""The image that machines boot from: built once, outside the checkout, and never written to again.

Ubuntu's own packages and the wheels are cached; the stand-ins are laid over them afresh in every test run.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from tests.boot import stand_in_layers

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
BOOT_FILES = CHECKOUT / "constructs" / "data_compute" / "machine" / "boot"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cdk-data-compute"
LOCK = (CHECKOUT / "streamlit_src" / "requirements.lock").read_text(encoding="utf-8")
UV = str(Path(sys.executable).with_name("uv"))

# What Ubuntu's cloud image has and a boot here uses; cloud-init brings Python 3.12.
PACKAGES = (
    "systemd,systemd-sysv,dbus,ca-certificates,curl,iproute2,logrotate,locales,lsb-release,openssh-client,cloud-init,"
    "gpg,gpg-agent"
)
# What a boot installs: kept in the image as a small repository, so that apt needs no network. Its bytecode is there.
INSTALLED_BY_BOOT = "python3-pip"
AWS_CLI = "awscli==1.46.2"
# From the C library of Ubuntu 24.04 down.
WHEEL_PLATFORMS = [f"manylinux_2_{minor}_{platform.machine()}" for minor in range(39, 16, -1)]

BASE_FILES = {
    "root/.aws/config": "[default]\nendpoint_url = http://127.0.0.1:4566\ncli_pager =\n",
    "etc/apt/sources.list": "deb [trusted=yes] file:/usr/lib/packages ./\n",
    "etc/pip.conf": "[global]\nno-index = true\nfind-links = /usr/lib/wheels\n",
    "etc/uv/uv.toml": 'no-index = true\nfind-links = ["/usr/lib/wheels"]\n',
    "etc/cloud/cloud.cfg.d/99-test.cfg": (
        "datasource_list: [NoCloud]\nnetwork: {config: disabled}\napt: {preserve_sources_list: true}\n"
    ),
    "etc/hosts": f"127.0.0.1 localhost {stand_in_layers.AGENT_HOST}\n",
}


@dataclass(frozen=True)
class Image:
    """The layers of every machine's disk, and the folder of Python packages that each can read."""

    ubuntu: Path
    wheels: Path
    stand_ins: Path

    def layers(self, system: str) -> list[Path]:
        """List the layers of a machine's disk, the uppermost first."""
        return [self.stand_ins / system, self.stand_ins / "common", self.ubuntu]


def build(folder: Path) -> Image:
    """Build what is not cached yet, and lay the stand-ins into ``folder``."""
    CACHE.mkdir(parents=True, exist_ok=True)
    ubuntu = _cached("ubuntu", [PACKAGES, INSTALLED_BY_BOOT, "its bytecode", AWS_CLI, repr(BASE_FILES)], _bootstrap)
    requirements = _requirements()
    wheels = _cached("wheels", requirements, lambda draft: _fetch_wheels(draft, requirements))
    stand_in_layers.lay(folder, ubuntu)
    return Image(ubuntu, wheels, folder)


def _cached(name: str, recipe: list[str], make: Callable[[Path], None]) -> Path:
    """Make a folder once for each recipe; what an older recipe made goes."""
    digest = hashlib.sha256("\0".join([platform.machine(), *recipe]).encode()).hexdigest()[:12]
    folder = CACHE / f"boot-{name}-{digest}"
    with (CACHE / f"boot-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            print(f"building {folder}, once", file=sys.stderr, flush=True)
            for older in CACHE.glob(f"boot-{name}-*"):
                shutil.rmtree(older)
            draft = CACHE / f"boot-{name}-draft"
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder


def _bootstrap(root: Path) -> None:
    key = HERE / "ubuntu-archive-keyring.gpg"
    release = ["noble", str(root), "", "/usr/share/debootstrap/scripts/gutsy"]
    _run(
        "debootstrap",
        "--variant=minbase",
        f"--include={PACKAGES}",
        f"--keyring={key}",
        "--components=main,universe",
        *release,
    )
    packages = root / "usr/lib/packages"
    packages.mkdir()
    _inside(root, "apt-get", "install", "--yes", "--download-only", "--no-install-recommends", INSTALLED_BY_BOOT)
    for package in (root / "var/cache/apt/archives").glob("*.deb"):
        package.rename(packages / package.name)
    (packages / "Packages").write_text("\n".join(_index(package) for package in sorted(packages.glob("*.deb"))))
    [pip] = packages.glob(f"{INSTALLED_BY_BOOT}_*.deb")
    _keep_bytecode(root, pip)
    write_files(root, BASE_FILES)
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    shutil.rmtree(root / "var/lib/apt/lists")
    _inside(root, "apt-get", "update")
    _run(UV, "pip", "install", "--quiet", "--python-version=3.12", f"--target={root / 'usr/lib/aws-cli'}", AWS_CLI)
    _inside(root, "python3", "-m", "compileall", "-q", "/usr/lib/aws-cli")


def _keep_bytecode(root: Path, package: Path) -> None:
    """Leave a package's bytecode where a boot installs the package, as Amazon Linux's packages bring their own."""
    unpacked = root / "mnt/unpacked"
    _run("dpkg-deb", "--extract", str(package), str(unpacked))
    _inside(root, "python3", "-m", "compileall", "-q", "-s", "/mnt/unpacked", "-p", "/", "/mnt/unpacked")
    for compiled in [*unpacked.rglob("__pycache__")]:
        place = root / compiled.relative_to(unpacked)
        place.parent.mkdir(parents=True, exist_ok=True)
        compiled.rename(place)
    shutil.rmtree(unpacked)


def _index(package: Path) -> str:
    """Describe a package as apt's index does."""
    data = package.read_bytes()
    fields = subprocess.run(["dpkg-deb", "--field", str(package)], check=True, capture_output=True, text=True).stdout
    return f"{fields}Filename: ./{package.name}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"


def _requirements() -> list[str]:
    """List what a boot and the apps of the tests install."""
    return [(BOOT_FILES / "uv.txt").read_text(encoding="utf-8").split()[0], *locked()]


def locked() -> list[str]:
    """List what the page's lock has for the machine's Python."""
    pins = [Requirement(line.removesuffix(" \\")) for line in LOCK.splitlines() if line[0] not in "# "]
    machine = {"python_version": "3.12", "python_full_version": "3.12.3", "sys_platform": "linux"}
    return [f"{pin.name}{pin.specifier}" for pin in pins if not pin.marker or pin.marker.evaluate(machine)]


def _fetch_wheels(folder: Path, requirements: list[str]) -> None:
    kind = [
        "--no-deps",
        "--only-binary=:all:",
        "--python-version=3.12",
        *(f"--platform={name}" for name in WHEEL_PLATFORMS),
    ]
    _run(UV, "tool", "run", "pip", "download", "--quiet", *kind, "--dest", str(folder), *requirements)


def write_files(root: Path, files: dict[str, str]) -> None:
    """Write files into a disk."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(content, encoding="utf-8")


def _inside(root: Path, *command: str) -> None:
    _run("chroot", str(root), "/usr/bin/env", "PATH=/usr/sbin:/usr/bin", "DEBIAN_FRONTEND=noninteractive", *command)


def _run(*command: str) -> None:
    # What make says of where bytecode goes would keep it from every machine, whose programs then compile at each start.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPYCACHEPREFIX"}
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")
