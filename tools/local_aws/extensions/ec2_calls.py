"""EC2's calls act on real machines: a stop is answered when the machine is off, a start when its boot has begun."""

import asyncio
from typing import Any

from local_aws.extensions import key_pair_list, launch, public_images
from local_aws.machines.addresses import AddressTakenError
from local_aws.machines.machines import Machines
from local_aws.ministack import calls, public, records
from local_aws.ministack.calls import Asked

CHANGING = {
    "RunInstances",
    "StartInstances",
    "StopInstances",
    "TerminateInstances",
    "AllocateAddress",
    "AssociateAddress",
    "DisassociateAddress",
    "ReleaseAddress",
}
# What EC2 does to no machine that is terminated.
NEEDS_A_MACHINE = {"StartInstances": "started", "StopInstances": "stopped", "RebootInstances": "rebooted"}


def install(machines: Machines) -> None:
    """Put the machines behind EC2."""

    async def answer(asked: Asked, go_on: calls.Later) -> calls.Answer:
        action = asked.get("Action", [""])[0]
        if action == "DescribeKeyPairs":
            return key_pair_list.answer(asked)
        if action == "DescribeInstanceAttribute" and asked.get("Attribute") == ["userData"]:
            record = records.own_instances.get(asked["InstanceId"][0])
            return _user_data(record) if record else await go_on(asked)
        if action in NEEDS_A_MACHINE and (ended := _ended(calls.members(asked, "InstanceId"))):
            return calls.ec2_error(
                "IncorrectInstanceState",
                f"The instance '{ended}' is not in a state from which it can be {NEEDS_A_MACHINE[action]}.",
            )
        done = await (launch.run(asked, go_on, machines.endpoint) if action == "RunInstances" else go_on(asked))
        if done[0] != 200:
            return done
        if action == "DescribeImages":
            return public_images.dated(done)
        if action == "RebootInstances":
            await asyncio.to_thread(machines.reboot, calls.members(asked, "InstanceId"))
        elif action in CHANGING:
            try:
                await asyncio.to_thread(machines.follow)
            except AddressTakenError as error:
                # A refused call leaves no machine behind.
                records.discard(launch.launched(done) if action == "RunInstances" else [])
                return calls.ec2_error("AddressTaken", str(error))
        return done

    calls.around_ec2(answer)
    public.hand_out_addresses(machines.page_addresses.next)


def _ended(instance_ids: list[str]) -> str | None:
    """Name an instance that is terminated, which MiniStack would bring back."""
    states = {one: records.own_instances.get(one, {}).get("State", {}).get("Name") for one in instance_ids}
    return next((one for one, state in states.items() if state == "terminated"), None)


def _user_data(record: dict[str, Any]) -> calls.Answer:
    """Show an instance's user data: MiniStack shows none."""
    value = f"<userData><value>{record['UserData']}</value></userData>"
    return calls.ec2_answer(
        "DescribeInstanceAttributeResponse", f"<instanceId>{record['InstanceId']}</instanceId>{value}"
    )
