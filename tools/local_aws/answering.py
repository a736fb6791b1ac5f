"""Whether what is deployed answers: the page, and the function over HTTP."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from local_aws.cloud import Cloud
from local_aws.machines.disk import Disk
from local_aws.spelling import spell
from ops.answers.errors import OpsError
from ops.answers.output import say
from ops.cloud.deployment import Deployment
from ops.cloud.fleet import find_fleet
from ops.cloud.log_reader import LogSource, LogsReader, find_logs
from ops.cloud.probe import KNOWN_MEAN, Answer, Health, ask, ask_page

# The first call may load much.
PATIENCE_SECONDS = 90.0
PAGE_SECONDS = 60.0
QUOTED_LINES = 30


def wait_until_both_answer(cloud: Cloud, found: Deployment) -> None:
    """Wait until both do, whatever a person has made of them, or quote what the one that does not has said."""
    page = _wait_for_page(found)
    if not page.ok:
        machines = find_fleet(cloud.here(found.copy), found.fleet).members if found.fleet else [found.machine]
        for machine in machines:
            _quote("app", Disk(cloud.state.machines / machine).last_app_lines())
        logs = spell(cloud.state, "logs app", found.copy)
        raise OpsError(f"the page {found.page_url}: {page.words}; see `{logs}`")
    began = datetime.now(UTC)
    answer = ask_function(found)
    if answer.status != 200:
        here = cloud.here(found.copy)
        events = LogsReader(here, find_logs(here, LogSource.FUNCTION), began).new_events()
        _quote("function", [event.message.rstrip() for event in events][-QUOTED_LINES:])
        raise OpsError(f"the function {found.api_url} answers {answer.status}: {answer.text[:300]}")


def _quote(whose: str, lines: Sequence[str]) -> None:
    if lines:
        say("\n".join([f"\nthe {whose}'s last lines:", *(f"  {line}" for line in lines)]))


def _wait_for_page(found: Deployment) -> Health:
    """Wait until the page answers, be it with an error, or until nobody is there in time."""
    deadline = time.monotonic() + PAGE_SECONDS
    while True:
        health = ask_page(found.page_url, PATIENCE_SECONDS)
        if health.answered or time.monotonic() > deadline:
            return health
        time.sleep(0.1)


def ask_function(found: Deployment) -> Answer:
    """Ask the function over HTTP."""
    return ask(f"{found.api_url}{KNOWN_MEAN}", PATIENCE_SECONDS)
