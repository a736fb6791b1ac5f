"""The versions of launch templates, for whoever launches: MiniStack keeps them, and lets no instance use them."""

from collections.abc import Mapping
from typing import Any

from local_aws.extensions.launch_refusals import RefusedError
from local_aws.ministack import records


def find(specification: Mapping[str, str]) -> dict[str, Any]:
    """Find the version that a LaunchTemplateSpecification names, or refuse as EC2 does."""
    template_id, name = specification.get("LaunchTemplateId"), specification.get("LaunchTemplateName")
    for template in records.launch_templates.values():
        if template_id == template["LaunchTemplateId"] or (not template_id and name == template["LaunchTemplateName"]):
            return _version(template, specification.get("Version", "$Default"))
    if template_id:
        raise RefusedError(
            "InvalidLaunchTemplateId.NotFound",
            f"The specified launch template, with template ID {template_id}, does not exist.",
        )
    raise RefusedError(
        "InvalidLaunchTemplateName.NotFoundException",
        f"The specified launch template, with template name {name}, does not exist.",
    )


def spelled_out(props: dict[str, Any]) -> dict[str, Any]:
    """Put in an instance's properties what its version holds in place of the version's number.

    CloudFormation takes a launch template back by one more version, which holds what the machine already runs on: the
    next deploy of anything else then sees another number, and should leave the machine alone.
    """
    try:
        version = find(props["LaunchTemplate"])
    except (KeyError, RefusedError):
        return props
    held = {key: version[key] for key in ("LaunchTemplateId", "LaunchTemplateData")}
    return props | {"LaunchTemplate": held}


def _version(template: dict[str, Any], wanted: str) -> dict[str, Any]:
    numbers = {"$Default": template["DefaultVersionNumber"], "$Latest": template["LatestVersionNumber"]}
    number = str(numbers.get(wanted, wanted))
    for version in template["Versions"]:
        if str(version["VersionNumber"]) == number:
            found: dict[str, Any] = version
            return found
    raise RefusedError(
        "InvalidLaunchTemplateId.VersionNotFound",
        f"Could not find launch template version {number} of {template['LaunchTemplateId']}.",
    )
