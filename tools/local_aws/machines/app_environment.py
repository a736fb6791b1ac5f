"""The app's whole environment: what the unit and the settings say, and where its AWS is; none of the laptop's."""

import os
from pathlib import Path

from local_aws.environment import REGION
from local_aws.machines.disk import Disk
from local_aws.machines.role import metadata_url
from local_aws.machines.unit import Unit
from local_aws.machines.user_data import Settings
from local_aws.state import BYTECODE


def environment_of(disk: Disk, unit: Unit, python: Path, *settings: dict[str, str]) -> dict[str, str]:
    """Build the app's whole environment: the unit's, then each of the settings files'; none of the laptop's."""
    base = {"LANG": "C.UTF-8", "PATH": os.pathsep.join([str(python.parent), "/usr/local/bin", "/usr/bin", "/bin"])}
    for layer in (unit.environment, *settings):
        base |= layer
    # Where these are on the unit's own machine is no place of the laptop's.
    places = {
        "HOME": disk.home,
        "TMPDIR": disk.home,
        "STATE_DIRECTORY": disk.app_state,
        "PYTHONPYCACHEPREFIX": BYTECODE,
    }
    return base | {name: str(place) for name, place in places.items()}


def aws_of_app(settings: Settings, endpoint: str, instance_id: str) -> dict[str, str]:
    """Tell the app where its AWS is, and its metadata service, which has its key, where the real app reaches that."""
    aws = {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION}
    if settings.machine.get("APP_USES_ROLE") == "yes":
        return aws | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_url(endpoint, instance_id)}
    return aws | {"AWS_EC2_METADATA_DISABLED": "true"}
