"""What is refused in an AWS Academy Learner Lab: everything once its session has ended, and some things always."""

from ops.answers.credentials import winning
from stacks.lab_names import ENDS_SESSION, REGIONS, STUDENT, TITLE

ENDED = "your lab session has ended: start the lab again and paste its new credentials"
# A spent budget hangs the same policy on the student's role.
SPENT = "if the lab is running and its credentials are new, its budget may be spent: look at the lab's page"
LIMIT = "and nobody can allow it there: docs/lab.md says what is refused, and what there is instead"


def is_student(arn: str) -> bool:
    """Tell by whom STS says we are."""
    return f":assumed-role/{STUDENT}/" in arn


def ended() -> str:
    """Say that the session has ended, which credentials would hide the new ones, and what else it may be."""
    found = winning()
    return "; ".join([ENDED, *([found] if found else []), SPENT])


def elsewhere(region: str) -> str | None:
    """Say so, if a lab lets nobody do anything in a region."""
    if region in REGIONS:
        return None
    return (
        f"a lab works in {' and '.join(REGIONS)} only, not in {region}: `export AWS_REGION={REGIONS[0]}`, or name it "
        "with --region"
    )


def refusal(message: str, action: str) -> str | None:
    """Say what a refusal means, if its message shows that it is a lab's."""
    if ENDS_SESSION in message:
        return ended()
    if is_student(message):
        return f"an {TITLE} does not let you do {action}, {LIMIT}"
    return None
