"""Session Manager: a shell or a tunnel with no port open, through AWS's own plugin."""

import json
import os
import shutil
from typing import Any

from ops.answers.errors import OpsError, passing_over
from ops.answers.spelling import ops
from ops.cloud.here import Here

PLUGIN = "session-manager-plugin"
INSTALL = (
    f"{PLUGIN} is not installed. macOS: `brew install --cask session-manager-plugin`; Linux: the .deb or .rpm from "
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
)
# The plugin reads the session's token from here, so that no list of processes shows it.
RESPONSE_VARIABLE = "AWS_SSM_START_SESSION_RESPONSE"
# The arguments of StartSession; those of a shell are the target alone.
Request = dict[str, Any]


def tunnel(instance_id: str, port: int, local_port: int) -> Request:
    """Ask for a port of the machine on this laptop."""
    ports = {"portNumber": [str(port)], "localPortNumber": [str(local_port)]}
    return {"Target": instance_id, "DocumentName": "AWS-StartPortForwardingSession", "Parameters": ports}


def cli_command(here: Here, request: Request) -> list[str]:
    """Write the same as a command of the AWS command line."""
    command = ["aws", "ssm", "start-session", "--region", here.aws.region_name, "--target", request["Target"]]
    for option, typed in (("--profile", here.aws.profile), ("--endpoint-url", here.aws.endpoint)):
        command += [option, typed] if typed else []
    if "DocumentName" in request:
        command += ["--document-name", request["DocumentName"], "--parameters", json.dumps(request["Parameters"])]
    return command


def hand_over(here: Here, request: Request) -> None:
    """Start the session and let the plugin take over this process and its terminal."""
    # Asked first: a session that nobody takes up would stay open.
    if not shutil.which(PLUGIN):
        raise OpsError(INSTALL)
    ssm = here.aws.client("ssm")
    answer = None
    with passing_over("TargetNotConnected"):
        answer = ssm.start_session(**request)
    if not answer:
        raise OpsError(
            f"machine {request['Target']} is not connected to Session Manager: it boots still (wait a minute), "
            f"or its agent is down (`{ops('reboot', here.copy)}`)"
        )
    os.environ[RESPONSE_VARIABLE] = json.dumps({key: answer[key] for key in ("SessionId", "TokenValue", "StreamUrl")})
    profile = here.aws.profile or os.environ.get("AWS_PROFILE", "")
    region, endpoint = ssm.meta.region_name, ssm.meta.endpoint_url
    command = [PLUGIN, RESPONSE_VARIABLE, region, "StartSession", profile, json.dumps(request), endpoint]
    os.execvp(PLUGIN, command)  # noqa: S606 - the plugin takes over this process and its terminal
