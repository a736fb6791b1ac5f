"""`env`: shell lines that point AWS's tools at the embedded AWS, and back."""

import shlex
import sys
from pathlib import Path

from local_aws import environment
from local_aws.cloud import Cloud
from local_aws.state import State

# What no proxy stands before.
LAPTOP = "127.0.0.1,localhost"
# What else tells AWS's tools who somebody is, or whom to trust.
THEIRS = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE")
BINARIES = shlex.quote(str(Path(sys.executable).parent))


def point_at(cloud: Cloud) -> None:
    """Print what points a shell at it."""
    variables = environment.aws(cloud.state, cloud.endpoint)
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    print("export AWS_PAGER=''")
    print(f'export NO_PROXY="{LAPTOP}${{NO_PROXY:+,$NO_PROXY}}"')
    print(f"unset {' '.join(name for name in THEIRS if name not in variables)}")
    print(f'export PATH={BINARIES}:"$PATH"')


def point_back(state: State) -> None:
    """Print what undoes that, also once nothing is up any more."""
    # Also the token of a lab's student, whose embedded AWS may be gone by now.
    print(f"unset {' '.join({**environment.aws(state), 'AWS_SESSION_TOKEN': ''})} AWS_PAGER")
    print(f'NO_PROXY="${{NO_PROXY#{LAPTOP}}}"; NO_PROXY="${{NO_PROXY#,}}"; [ "$NO_PROXY" ] || unset NO_PROXY')
    print(f"PATH=${{PATH#{BINARIES}:}}")
