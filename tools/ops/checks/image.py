"""How old a machine's image is: Amazon Linux 2023 locks its package repository to the image, and patches nothing."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from ops.answers.errors import in_words
from ops.answers.spelling import make
from ops.checks import Check
from ops.cloud.deployment import Deployment
from ops.cloud.here import Here
from ops.cloud.machine import Machine
from ops.cloud.machines import find_machines

# AWS publishes one every few weeks.
LATE = timedelta(days=90)
BY_PARAMETER = "resolve:ssm:"
# Tags that EC2 gives itself.
TEMPLATE, VERSION = "aws:ec2launchtemplate:id", "aws:ec2launchtemplate:version"


def check_images(here: Here, deployment: Deployment) -> Iterator[Check]:
    """Compare each machine's image with the newest of its kind."""
    try:
        # Whether there is one the way to the page tells.
        machines = find_machines(here, deployment) if deployment.page and deployment.page.usable else []
        # EC2 soon forgets those of one that is terminated. The machines of a fleet mostly have one image.
        for machine in {machine.image: machine for machine in machines if TEMPLATE in machine.tags}.values():
            yield _check(here, machine)
    except Exception as error:
        yield Check("Image", None, in_words(error))


def _check(here: Here, machine: Machine) -> Check:
    wanted = _wanted(here, machine.tags)
    newest = wanted
    if wanted.startswith(BY_PARAMETER):
        parameter = here.aws.client("ssm").get_parameter(Name=wanted.removeprefix(BY_PARAMETER))
        newest = parameter["Parameter"]["Value"]
    made = _made(here, {machine.image, newest})
    words = f"{machine.image} of {made.get(machine.image, 'a day unknown, as it is withdrawn')}"
    if newest == wanted:
        return Check("Image", True, f"{words}, which the setting image names")
    if newest == machine.image:
        return Check("Image", True, f"{words} is the newest")
    # Any word that no machine was made with yet.
    renew = f"`{make('deploy', here.copy, generation=newest)}` makes a new machine of it, at the same address"
    good = machine.image in made and made[newest] - made[machine.image] <= LATE
    patched = ", and its packages stay of that day" if "amazon-linux" in wanted else ""
    return Check("Image", good, f"{words}{patched}; the newest is of {made[newest]}", renew)


def _wanted(here: Here, tags: Mapping[str, str]) -> str:
    """Read which image the machine's launch template names: one, or the parameter that names the newest."""
    versions = here.aws.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=tags[TEMPLATE], Versions=[tags[VERSION]]
    )
    return str(versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]["ImageId"])


def _made(here: Here, images: set[str]) -> dict[str, date]:
    # A filter, as an id that is no more would be refused.
    found: list[dict[str, Any]] = here.aws.client("ec2").describe_images(
        Filters=[{"Name": "image-id", "Values": sorted(images)}], IncludeDeprecated=True
    )["Images"]
    return {image["ImageId"]: date.fromisoformat(image["CreationDate"][:10]) for image in found}
