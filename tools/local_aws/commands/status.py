"""`status`: what runs where."""

from botocore.exceptions import ClientError

from local_aws import deployment
from local_aws.cloud import Cloud
from local_aws.command import say
from local_aws.errors import LocalAwsError
from local_aws.web import ask

Row = tuple[str, str, str]


def status(cloud: Cloud, copy: str) -> None:
    """Print what the embedded AWS runs of a copy, and whether it answers."""
    found = deployment.read(cloud, copy)
    rows: list[Row | None] = [("embedded AWS", "runs", f"{cloud.endpoint}  process {cloud.process.pid}")]
    rows += [(f"stack {name}", stack["StackStatus"], "") for name, stack in found.stacks.items()]
    rows += [_function(found), _machine(cloud, found), _page(found)]
    for row in filter(None, rows):
        say(f"{row[0]:<30} {row[1]:<18} {row[2]}".rstrip())


def _function(found: deployment.Deployment) -> Row | None:
    try:
        answer, _ = found.ask_function(timeout=10)
        return f"function {found.function_name}", _state(answer), found.api_url
    except LocalAwsError:
        return None


def _machine(cloud: Cloud, found: deployment.Deployment) -> Row | None:
    try:
        described = cloud.client("ec2").describe_instances(InstanceIds=[found.instance_id])
    except (LocalAwsError, ClientError):
        return None
    instance = described["Reservations"][0]["Instances"][0]
    folder = cloud.state.machines / instance["InstanceId"]
    return f"machine {instance['InstanceId']}", instance["State"]["Name"], str(folder)


def _page(found: deployment.Deployment) -> Row | None:
    try:
        answer, _ = ask(f"{found.page_url}/_stcore/health", timeout=10)
        return "page", _state(answer), found.page_url
    except LocalAwsError:
        return None


def _state(answer: int) -> str:
    if answer == 0:
        return "does not answer"
    return "answers" if answer == 200 else f"answers {answer}"
