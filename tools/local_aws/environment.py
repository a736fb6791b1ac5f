"""The environment of everything we start: nothing of the person's AWS, and no way past the laptop."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from data_compute.requirements import FUNCTIONS_PYTHON
from local_aws.state import BYTECODE, CACHE, State, read_json
from ops.cloud.probe import AUTHORITY
from stacks.setting import CHECKOUT

REGION = "us-east-1"
ACCOUNT = "000000000000"
# The account's root, whom no policy restricts: what the embedded AWS does by itself.
ACCESS_KEY = "test"
# A person with all rights that an administrator has. It is no secret: who may speak to the embedded AWS is `gate`'s.
PERSON = "LOCALAWSPERSON00000"

# What a terminal needs; whatever else the person has set stays out.
KEPT = ("PATH", "LANG", "TERM", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TZ", "USER", "LOGNAME")
KEPT_FAMILIES = ("LC_", "SSL_CERT_", "LOCAL_AWS_")

# The person's settings of uv: the address of a package mirror often holds a password. They are in no environment but
# uv's own and that of the CDK's command line, which calls it for functions with packages and ends with the deploy:
# whatever runs on can read the environment that it was started with, and hands it on.
# Their cache is ours unless they name one, as the Makefile has it too: uv links from there in no time.
package_settings: dict[str, str] = {"UV_CACHE_DIR": str(CACHE / "uv")}


def isolated(state: State, of: Mapping[str, str]) -> dict[str, str]:
    """Build the environment of our own commands: no credential, profile or proxy of the person's is in it."""
    environment = {name: value for name, value in of.items() if name in KEPT or name.startswith(KEPT_FAMILIES)}
    binaries = [str(Path(sys.executable).parent), str(CHECKOUT / "node_modules" / ".bin")]
    return environment | {
        "PATH": os.pathsep.join([*binaries, environment.get("PATH", os.defpath)]),
        "HOME": str(state.home),
        "TMPDIR": str(state.temporary),
        # The CDK unpacks 200 MB for Python here, once; the next `up` finds them.
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(CACHE / "jsii"),
        # Else Python writes beside its own library, which may lie in the person's home.
        "PYTHONPYCACHEPREFIX": str(BYTECODE),
        # This checkout's own sources, wherever the Python comes from.
        "PYTHONPATH": os.pathsep.join(str(CHECKOUT / root) for root in ("tools", "constructs")),
        **aws(state),
    }


def aws(state: State, endpoint: str | None = None) -> dict[str, str]:
    """Point every AWS SDK at the embedded AWS and keep it from every other source of settings."""
    # A folder that is never written to holds no profile.
    nothing = str(state.folder / "no-aws-profile")
    student: dict[str, str] | None = read_json(state.student)
    return {
        **(student or {"AWS_ACCESS_KEY_ID": PERSON, "AWS_SECRET_ACCESS_KEY": PERSON}),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": nothing,
        "AWS_SHARED_CREDENTIALS_FILE": nothing,
        "AWS_EC2_METADATA_DISABLED": "true",
        AUTHORITY: str(state.authority),
        # MiniStack runs functions in the Python that runs it.
        FUNCTIONS_PYTHON: sys.executable,
        # Where no embedded AWS runs, calls fail at once instead of reaching the real one.
        "AWS_ENDPOINT_URL": endpoint or "http://127.0.0.1:9",
    }


def isolate(state: State) -> None:
    """Make the running command itself as isolated as what it starts."""
    package_settings.update(
        {name: value for name, value in os.environ.items() if name.startswith("UV_") and "PUBLISH" not in name}
    )
    environment = isolated(state, os.environ)
    os.environ.clear()
    os.environ.update(environment)
    # What is written is the person's alone, and they can read it back.
    os.umask(0o077)
