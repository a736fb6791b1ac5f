"""What is known of an AWS Academy Learner Lab by name; free of the CDK, as ops and the embedded AWS load none."""

from collections.abc import Mapping
from pathlib import Path

TITLE = "AWS Academy Learner Lab"
# What the setting `account` says of one.
LAB = "lab"
REGIONS = ("us-east-1", "us-west-2")
# What is there already, as nobody may make a role: as whom everything in it acts, and by what a machine does.
ROLE = "LabRole"
INSTANCE_PROFILE = "LabInstanceProfile"
# Whose private key the lab's page hands out, in one region only.
KEY_PAIR = "vockey"
KEY_PAIR_REGION = REGIONS[0]
# As whom a person comes, and what the lab hangs on that role as the session ends.
STUDENT = "voclabs"
ENDS_SESSION = "voc-cancel-cred"
# What `cdk bootstrap` makes there: the CDK's own template fails, as it has roles.
BOOTSTRAP_TEMPLATE = Path(__file__).with_name("lab_bootstrap.yaml")


def is_lab(told: Mapping[str, str]) -> bool:
    """Tell whether a copy that was told this is in a lab."""
    return told.get("account", "").strip() == LAB
