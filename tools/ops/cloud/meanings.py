"""What messages of CloudFormation's mean, and the next step: docs/when-a-deploy-fails.md has the same table."""

import re

from ops.answers import lab
from ops.answers.spelling import make, removing
from ops.cloud.quotas import ADDRESSES, SPOT_VCPUS, VCPUS, VPCS
from stacks.lab_names import ENDS_SESSION, ROLE, TITLE

UPDATE_ROLLBACK_FAILED = "UPDATE_ROLLBACK_FAILED"
_NETWORK = (
    "something that the stack did not make is left in its network, most often GuardDuty's: delete, in the console of "
    "VPC, the endpoint to `guardduty-data`, then the security group `GuardDutyManagedSecurityGroup-…`; then again what "
    "you did, `{deploy}` or `{destroy}`"
)
# By a part of the message, in which … is what differs.
MEANINGS = {
    "has dependencies and cannot be deleted": _NETWORK,
    "has a dependent object": _NETWORK,
    "is not supported in your requested Availability Zone": (
        "this zone has no machine of that type: `{deploy} ZONE=auto` chooses one that has"
    ),
    "cannot be associated with a load balancer": (
        "a zone of the fleet's network has no balancers: `{deploy} VPC=vpc-…` takes another network, whose public "
        "subnets are in other zones"
    ),
    "does not support creating load balancers": (
        "the account is new, and may not make load balancers yet: ask AWS Support to allow it; meanwhile `{deploy} "
        "MACHINES=1`"
    ),
    "We currently do not have sufficient … capacity": (
        "AWS has no machine of that type free there now: `{deploy}` again later, or with another `ZONE` (`first`, "
        "`second`) or `INSTANCE_TYPE`"
    ),
    "no Spot capacity available": (
        "AWS has no machine of these types free on Spot there now; a fleet goes on asking, and `{deploy} SPOT=` takes "
        "them on demand"
    ),
    "Max spot instance count exceeded": (
        f"the account has no {SPOT_VCPUS.what} left here: {SPOT_VCPUS.more}; or `{{deploy}} SPOT=`"
    ),
    "You have requested more vCPU capacity than your current vCPU limit": (
        f"the account has no vCPUs of that type's family left here; for the usual families: {VCPUS.more}"
    ),
    "The maximum number of VPCs has been reached": f"the account has no {VPCS.what} left here: {VPCS.more}",
    "The maximum number of addresses has been reached": (
        f"the account has no {ADDRESSES.what} left here: {ADDRESSES.more}"
    ),
    "the specified rule": (
        "two rules of a security group are the same: name each source of a door once, then `{deploy}`"
    ),
    "already exist": (
        "the account has something of that name which is not this stack's: delete it, or choose another name (the "
        "function's is `FUNCTION_NAME`), then `{deploy}`"
    ),
    "as it is in use by": (
        "another stack uses this still, so it can neither go nor change in one deploy: take two, as "
        "docs/when-a-deploy-fails.md says"
    ),
    "less than or equal to 3008": (
        "the account is new, and gives a function 3,008 MB at most: pass no more as `memory_size`, then `{deploy}`, or "
        "ask AWS Support for more"
    ),
    "Your account must be verified before you can add": (
        "the account is new, and CloudFront waits for AWS to know it: ask AWS Support to verify it for CloudFront; "
        "meanwhile `{deploy} HTTPS= SIGN_IN=`"
    ),
    "Policy document length breaking Cloudwatch Logs Constraints": (
        "the account's policy for access logs is full, as entries of APIs that are gone stay in it: `aws logs "
        "describe-resource-policies` shows it; write `AWSLogDeliveryWrite20150319` without them, by `aws logs "
        "put-resource-policy`, then `{deploy}`"
    ),
    ENDS_SESSION: f"{lab.ENDED}; then again what you did, `{{deploy}}` or `{{destroy}}`; {lab.SPENT}",
    f"assumed-role/{ROLE}/… is not authorized": f"an {TITLE} does not let {ROLE} do this, {lab.LIMIT}",
    UPDATE_ROLLBACK_FAILED: (
        "mend what its events name, then `aws cloudformation continue-update-rollback --stack-name {stack}`, with "
        "`--resources-to-skip ID` for what cannot go back; or `{remove}`"
    ),
}


def meaning(message: str, stack: str, copy: str) -> str | None:
    """Say what a message about a copy's stack means, if we know."""
    for known, words in MEANINGS.items():
        if re.search(".*".join(map(re.escape, known.split("…"))), message):
            return words.format(
                stack=stack, deploy=make("deploy", copy), destroy=make("destroy", copy), remove=removing(copy, stack)
            )
    return None
