"""`status`: what `ops status` shows of the embedded AWS, and what only this laptop knows of it."""

from local_aws import inventory, sources
from local_aws.cloud import Cloud
from local_aws.spelling import spell
from ops.answers.errors import OpsError
from ops.answers.output import aligned, say
from ops.cloud.situation import Situation, rows_of
from ops.cloud.survey import find_situation


def status(cloud: Cloud, copy: str) -> None:
    """Print what the embedded AWS runs of a copy, and whether it answers."""
    found = find_situation(cloud.here(copy))
    rows = [
        ("Embedded AWS", f"{cloud.endpoint}, process {cloud.process.pid}"),
        ("Its own log", str(cloud.state.server_log)),
        *rows_of(found),
    ]
    rows += [("Machine's disk", str(cloud.state.machines / machine.id)) for machine in found.machines]
    rows += inventory.rows_beside(cloud, found.deployment, [machine.id for machine in found.machines])
    say(aligned(rows))
    if not found.well:
        raise OpsError(_next_step(cloud, found, copy))


def _next_step(cloud: Cloud, found: Situation, copy: str) -> str:
    up = sources.copies_up(cloud.state)
    if copy not in up:
        others = f" (what is: {', '.join(up)})" if up else ""
        return f"the copy {copy} is not up{others}: `{spell(cloud.state, 'up', copy)}` deploys it"
    if any(machine.state == "stopped" for machine in found.machines):
        env = f'eval "$({spell(cloud.state, "env")})"'
        return f"the machine is stopped: `python -m ops start`, after `{env}`, boots it"
    return f"not all is well: `{spell(cloud.state, 'logs', copy)}` says more"
