"""Session Manager: a shell or a tunnel with no port open, through AWS's own plugin."""

import json
import os
import shutil
import time
from typing import Any

from ops.answers.errors import OpsError, passing_over
from ops.answers.output import note, progress
from ops.answers.spelling import ops
from ops.cloud.here import Here

PLUGIN = "session-manager-plugin"
INSTALL = (
    f"{PLUGIN} is not installed. macOS: `brew install --cask session-manager-plugin`; Linux: the .deb or .rpm from "
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
)
# The plugin reads the session's token from here, so that no list of processes shows it.
RESPONSE_VARIABLE = "AWS_SSM_START_SESSION_RESPONSE"
LIMIT_SECONDS = 180.0
PAUSE_SECONDS = 3.0
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


def hand_over(here: Here, request: Request, *, of_fleet: bool, begun: str = "") -> None:
    """Start the session and let the plugin take over this process and its terminal.

    :param of_fleet: whether the machine is one of several, which are not rebooted.
    :param begun: what to say once it has begun.
    """
    # Asked first: a session that nobody takes up would stay open.
    if not shutil.which(PLUGIN):
        raise OpsError(INSTALL)
    ssm = here.aws.client("ssm")
    answer = _start(ssm, request, _mending(here, request["Target"], of_fleet=of_fleet))
    if begun:
        note(begun)
    os.environ[RESPONSE_VARIABLE] = json.dumps({key: answer[key] for key in ("SessionId", "TokenValue", "StreamUrl")})
    profile = here.aws.profile or os.environ.get("AWS_PROFILE", "")
    region, endpoint = ssm.meta.region_name, ssm.meta.endpoint_url
    command = [PLUGIN, RESPONSE_VARIABLE, region, "StartSession", profile, json.dumps(request), endpoint]
    os.execvp(PLUGIN, command)  # noqa: S606 - the plugin takes over this process and its terminal


def _mending(here: Here, machine: str, *, of_fleet: bool) -> str:
    if not of_fleet:
        return f"`{ops('reboot', here.copy)}`"
    end = "aws autoscaling terminate-instance-in-auto-scaling-group --no-should-decrement-desired-capacity"
    return f"`{end} --instance-id {machine}` has the fleet make another in its place"


def _start(ssm: Any, request: Request, mending: str) -> dict[str, Any]:
    """Start the session as soon as the machine can be reached.

    While it boots its agent is silent, and for up to two minutes after its address has moved: the agent waits for its
    old connection to end.
    """
    machine = request["Target"]
    began = time.monotonic()
    with progress(f"asking for machine {machine}") as tell:
        while (passed := time.monotonic() - began) < LIMIT_SECONDS:
            with passing_over("TargetNotConnected"):
                answer: dict[str, Any] = ssm.start_session(**request)
                return answer
            tell(
                f"machine {machine} is not connected to Session Manager yet: waiting for {passed // 15 * 15:.0f} s now"
            )
            time.sleep(PAUSE_SECONDS)
    raise OpsError(
        f"machine {machine} is not connected to Session Manager after {LIMIT_SECONDS:.0f} s: its agent is down "
        f"({mending}), or the machine has no way to AWS"
    )
