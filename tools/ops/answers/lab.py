"""What is refused in an AWS Academy Learner Lab: everything once its session has ended, and some things always."""

from ops.answers.credentials import winning
from stacks.copies import copies_folder, read_copy
from stacks.lab_names import ENDS_SESSION, REGIONS, STUDENT, TITLE, is_lab
from stacks.setting import SettingsError

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


def perhaps_ended() -> str:
    """Say so of credentials that count no more, unless all that this checkout was told denies that they are a lab's."""
    folder = copies_folder()
    try:
        told = [read_copy(folder, file.stem) for file in folder.glob("*.json")]
    except SettingsError:
        told = []
    return "" if told and not any(map(is_lab, told)) else f". If they are of an {TITLE}, {ENDED}"


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
