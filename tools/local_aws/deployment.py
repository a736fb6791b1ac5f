"""What is deployed to the embedded AWS, and whether it answers."""

import time

from local_aws.cloud import Cloud
from local_aws.spelling import spell
from ops.answers.errors import OpsError
from ops.cloud.deployment import Deployment, read_deployment
from ops.cloud.probe import KNOWN_MEAN, Answer, Health, ask, ask_page

# The first visitor's script may load much.
PATIENCE_SECONDS = 90.0
PAGE_SECONDS = 60.0


def read(cloud: Cloud, copy: str) -> Deployment:
    """Ask for a copy's stacks, or say how to get them."""
    found = read_deployment(cloud.here(copy))
    if not all(stack and stack.usable for stack in found.stacks.values()):
        raise OpsError(f"the copy {copy} is not up: `{spell(cloud.state, 'up', copy)}` deploys it")
    return found


def wait_until_it_answers(cloud: Cloud, found: Deployment) -> None:
    """Wait until the page's own script runs and the function answers over HTTP, whatever a person has made of it."""
    page = wait_for_page(found)
    if not page.ok:
        logs = spell(cloud.state, "logs app", found.copy)
        raise OpsError(f"the page {found.page_url}: {page.words}; see `{logs}`")
    answer = ask_function(found)
    if answer.status != 200:
        raise OpsError(f"the function {found.api_url} answers {answer.status}: {answer.text[:300]}")


def wait_for_page(found: Deployment) -> Health:
    """Wait until the app's script has run, well or not, or until nobody is there in time."""
    deadline = time.monotonic() + PAGE_SECONDS
    while True:
        health = ask_page(found.page_url, PATIENCE_SECONDS)
        if health.answered or time.monotonic() > deadline:
            return health
        time.sleep(0.1)


def ask_function(found: Deployment) -> Answer:
    """Ask the function over HTTP."""
    return ask(f"{found.api_url}{KNOWN_MEAN}", PATIENCE_SECONDS)
