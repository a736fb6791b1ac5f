"""One machine: boots from power-on with real cloud-init and systemd, and can be looked into."""

import re
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from data_compute.machine.contract import BOOT_FILES, read_contract
from tests.boot import metadata_service, stand_in_layers
from tests.boot.image import Image
from tests.boot.metadata_service import Identity
from tests.boot.network import METADATA_ADDRESS, Network

POWER_ON = Path(__file__).with_name("power_on.sh")
# What an instance of EC2 has and nspawn would keep back. That the app may not load a module is to be the unit's doing.
RIGHTS = ["--capability=all", "--system-call-filter=@module bpf"]
NAMESPACES = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup")
CLEAN_ENVIRONMENT = ("/usr/bin/env", "-i", "HOME=/root", "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
ANSWERS = f" {read_contract(BOOT_FILES)['CLOSING_LINE']}".encode()
BOOT_ENDED = b"Datasource DataSourceNoCloud"
CGROUPS = Path("/sys/fs/cgroup")
PAGE_PORT = 8501
T = TypeVar("T")
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")


class Machine:
    """A machine that runs until it is stopped.

    :param folder: an empty folder for the console's output, and the place where its disk is mounted.
    :param cloud_port: where the embedded AWS listens on this computer.
    :param system: which stand-ins it has.
    :param disk: the size of its disk.
    :param offer: what it finds where AWS has the log agent.
    """

    def __init__(
        self,
        image: Image,
        identity: Identity,
        user_data: str,
        folder: Path,
        *,
        stack_name: str,
        cloud_port: int,
        system: str,
        disk: str = "4g",
        offer: str = "downloads",
    ) -> None:
        self.identity, self.stack_name, self.system = identity, stack_name, system
        self._console = folder / "console"
        self._stopped_compiling = False
        self._network = Network()
        self._network.relay(cloud_port)
        self.metadata_requests = metadata_service.serve(self._network.listen(METADATA_ADDRESS, 80), identity)
        stand_in_layers.serve_downloads(self._network.listen("127.0.0.1", 443), image.stand_ins, offer)
        mount = folder / "machine"
        mount.mkdir()
        aws_config = _aws_config(folder, cloud_port)
        options = [
            f"--machine={identity.instance_id}",
            f"--bind-ro={image.wheels}:/usr/lib/wheels",
            f"--bind-ro={aws_config}:/root/.aws/config",
            # For the log agent, which is not root.
            f"--bind-ro={aws_config}:/etc/aws-config",
            f"--bind-ro={_seed(folder, identity, user_data)}:/var/lib/cloud/seed/nocloud",
            *RIGHTS,
        ]
        layers = ":".join(map(str, image.layers(system)))
        with self._console.open("wb") as console:
            self.started = time.monotonic()
            self._process = subprocess.Popen(
                [
                    POWER_ON,
                    mount,
                    disk,
                    layers,
                    str(self._network.fd),
                    " ".join(_cgroups(identity.instance_id)),
                    "--",
                    *options,
                ],
                stdin=subprocess.PIPE,
                stdout=console,
                stderr=subprocess.STDOUT,
                pass_fds=[self._network.fd],
            )

    @property
    def console(self) -> str:
        """What the machine has written to its console so far, without colours."""
        return TERMINAL_CODES.sub("", self._console.read_text(encoding="utf-8", errors="replace"))

    @property
    def is_off(self) -> bool:
        """Whether the power is off."""
        return self._process.poll() is not None

    @property
    def booted(self) -> bool:
        """Whether the user data has come to its end, good or bad, or the machine is off."""
        return self.is_off or BOOT_ENDED in self._console.read_bytes()

    def run(self, *command: str, check: bool = True) -> str:
        """Run a command as root on the machine and give what it printed."""
        done = subprocess.run(
            ["nsenter", f"--target={self.first_process()}", *NAMESPACES, "--", *CLEAN_ENVIRONMENT, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)} on the machine: exit {done.returncode}\n{done.stdout}")
        return done.stdout

    def unit(self, *properties: str) -> dict[str, str]:
        """Ask systemd about the server's unit."""
        shown = self.run("systemctl", "show", "streamlit", *(f"--property={name}" for name in properties))
        return dict(line.split("=", 1) for line in shown.splitlines())

    def get(self, path: str = "/", port: int = PAGE_PORT, seconds: float = 10) -> int:
        """Ask the page and give the HTTP status; 0 where nobody answers."""
        connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
        try:
            connection.sock = self._network.connect(port, seconds)
            connection.request("GET", urllib.parse.quote(path))
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def visit(self) -> socket.socket:
        """Open a connection to the page."""
        return self._network.connect(PAGE_PORT, 10)

    def serves(self) -> bool:
        """Tell whether the app's pages run, by the unit's own command for that, and the page answers."""
        # That command takes a whole Python, and is in vain until somebody listens.
        if self.get() != 200:
            return False
        ran = self.run("sh", "-c", "systemctl reload streamlit && echo ran", check=False)
        return ran.endswith("ran\n") and self.get() == 200

    def stop_compiling(self) -> None:
        """End the compiling of bytecode, which the boot leaves running, as soon as it has said its last word."""
        if not self._stopped_compiling and ANSWERS in self._console.read_bytes():
            self._stopped_compiling = True
            self.run("systemctl", "stop", "run-r*.service", check=False)

    def limit_memory(self, limit: str) -> None:
        """Start the server anew with a limit of its own in place of the unit's share of this computer's memory."""
        # Control groups of the first version are given to a machine read-only, and its systemd uses none of them.
        old = CGROUPS / "memory"
        self.run("sh", "-ec", f"[ ! -d {old} ] || {{ mount -o remount,bind,rw {old}; systemctl daemon-reexec; }}")
        self.run("systemctl", "set-property", "--runtime", "streamlit", f"MemoryMax={limit}")
        self.run("systemctl", "restart", "streamlit")

    def first_process(self) -> int:
        """Find the machine's process 1: below power_on.sh, unshare, the inner power_on.sh and nspawn."""
        return wait_for(lambda: _descendant(self._process.pid), f"a booted {self.identity.instance_id}", 20)

    def is_another_boot(self, first_process: int) -> bool:
        """Tell whether the machine runs, and has been booted since."""
        now = _descendant(self._process.pid)
        return now is not None and now != first_process

    def stop(self) -> None:
        """Pull the plug."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
            self._process.wait(timeout=30)
            self._network.close()

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def wait_for(ask: Callable[[], T | None], what: str, seconds: float, pause: float = 0.1) -> T:
    """Ask until the answer is true, and give it."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)
    return answer


def _aws_config(folder: Path, cloud_port: int) -> Path:
    """Write where the embedded AWS is. The image's own file cannot know the port, and no other is answered."""
    config = folder / "aws-config"
    config.write_text(f"[default]\nendpoint_url = http://127.0.0.1:{cloud_port}\ncli_pager =\n", encoding="utf-8")
    return config


def _seed(folder: Path, identity: Identity, user_data: str) -> Path:
    """Write what cloud-init finds when it starts. Only on EC2's own hardware would it ask the metadata service."""
    seed = folder / "seed"
    seed.mkdir()
    meta_data = f"instance-id: {identity.instance_id}\nlocal-hostname: {identity.instance_id}\n"
    (seed / "meta-data").write_text(meta_data, encoding="utf-8")
    (seed / "user-data").write_text(user_data, encoding="utf-8")
    return seed


def _descendant(process: int) -> int | None:
    """Find the machine's own process 1 below power_on.sh, if there is one now."""
    found: int | None = process
    for name in ("unshare", "power_on.sh", "systemd-nspawn", "systemd"):
        found = _child(found, name) if found else None
    return found


def _child(process: int, name: str) -> int | None:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return next((int(child) for child in children if Path(f"/proc/{child}/comm").read_text().strip() == name), None)
    except (FileNotFoundError, ProcessLookupError):
        return None


def _cgroups(name: str) -> list[str]:
    """Name a control group in each hierarchy that systemd uses: two machines must not share one."""
    folders = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers in ("", "name=systemd", "memory"):
            unified = CGROUPS / "unified"
            root = (
                CGROUPS / controllers.removeprefix("name=") if controllers else unified if unified.is_dir() else CGROUPS
            )
            folders.append(str(_with_memory(root, path) / f"cdk-data-compute-{name}"))
    return folders


def _with_memory(root: Path, path: str) -> Path:
    """Find the nearest group whose children can be given memory, as a group with processes of its own cannot."""
    own = root / path.lstrip("/")
    for group in (own, *own.parents):
        given = group / "cgroup.subtree_control"
        if given.exists() and "memory" in given.read_text().split():
            return group
    return own
