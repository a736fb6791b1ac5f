"""Who waits for a stack learns of its end at once: the CDK command line looks only every five seconds."""

import asyncio

from local_aws.ministack import calls, stacks

WHO_WAITS = "aws-cdk/"
LOOK_SECONDS = 0.05
# Whoever gets no answer for much longer takes it for a frozen AWS.
LONGEST_SECONDS = 20.0


def install() -> None:
    """Answer the CDK command line's look at a stack when the stack no longer changes."""
    calls.before_cloudformation(_wait)


async def _wait(program: str, asked: calls.Asked) -> None:
    if WHO_WAITS not in program or asked.get("Action") != ["DescribeStacks"] or "StackName" not in asked:
        return
    for _ in range(int(LONGEST_SECONDS / LOOK_SECONDS)):
        if not stacks.is_changing(asked["StackName"][0]):
            return
        await asyncio.sleep(LOOK_SECONDS)
