"""`rights`: what the stacks' roles have used of their rights, what they were denied, and what they have for nothing."""

from collections import Counter

from local_aws import decisions
from local_aws.cloud import Cloud
from local_aws.grants import denials, find_grants, is_needed
from ops.answers.errors import OpsError
from ops.answers.output import aligned, say


def rights(cloud: Cloud) -> None:
    """Print it by role, and fail on what should not be."""
    made = decisions.read(cloud.state.decisions)
    grants = find_grants(cloud)
    held = Counter(grants)
    rows: list[tuple[str, ...]] = []
    bad = 0
    for grant in sorted(held, key=lambda grant: (grant.holder, grant.action, grant.resource)):
        words = "used" if is_needed(grant, grants, made) else grant.reason
        bad += (words is None) + (held[grant] > 1)
        twice = f", granted {held[grant]} times" if held[grant] > 1 else ""
        rows.append((grant.holder, grant.words, (words or "needed by nothing") + twice))
    denied = denials(cloud, made)
    if rows:
        say(aligned(rows))
    for words in denied:
        say(f"denied: {words}")
    if bad or denied:
        raise OpsError(f"{len(denied)} denied, {bad} granted for nothing")
