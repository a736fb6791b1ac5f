"""`fidelity`: what of the deployed properties the embedded AWS proves, only stores, or ignores."""

from itertools import groupby

from local_aws.cloud import Cloud
from local_aws.fidelity import find_ledger, summary
from ops.answers.errors import OpsError
from ops.answers.output import aligned, say


def fidelity(cloud: Cloud) -> None:
    """Print it by resource type, and the counts."""
    lines = find_ledger(cloud)
    if not lines:
        raise OpsError("nothing is deployed, so there is nothing to tell of")
    rows: list[tuple[str, ...]] = []
    for kind, its in groupby(lines, lambda line: line.of.kind):
        rows += [(kind, "", ""), *((f"  {line.of.path}", line.verdict, line.words) for line in its)]
    say(aligned(rows))
    say(f"\n{summary(lines)}")
