"""Take out of a template what changes with every line of code, so that a snapshot shows what a reviewer must see."""

import json
import re
from typing import Any

from tests.templates import Json, rendered, resources

ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")


def masked(template: Json) -> Json:
    """Give a template without hashes of code, and with its user data as lines."""
    text = ASSET_HASH.sub("<hash of the files>", json.dumps(template))
    readable: Json = json.loads(text)
    for made in resources(readable, "AWS::EC2::LaunchTemplate").values():
        data = made["Properties"]["LaunchTemplateData"]
        data["UserData"] = rendered(data["UserData"]).splitlines()
    return _without_boilerplate(readable)


def _without_boilerplate(template: Json) -> Json:
    """Leave out how the CDK asks for its bootstrap: it is the same in every template of the world."""
    template["Parameters"] = _without(template.get("Parameters", {}), "BootstrapVersion")
    template["Rules"] = _without(template.get("Rules", {}), "CheckBootstrapVersion")
    return {section: content for section, content in template.items() if content}


def _without(section: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in section.items() if key != name}
