"""Where a machine's page is opened: as the app is told before its Elastic IP or load balancer is there."""

from collections.abc import Callable

from local_aws.machines.addresses import Addresses
from local_aws.ministack import balancers, records

STACK_ID_TAG = "aws:cloudformation:stack-id"
GROUP_TAG = "aws:autoscaling:groupName"
USUAL_PORT = 8501


class PageAddresses:
    """Chooses addresses, and foresees which one a machine's will be.

    :param ports: those that machines serve their pages on.
    """

    def __init__(self, addresses: Addresses, ports: Callable[[], set[int]]) -> None:
        self._addresses, self._ports = addresses, ports
        # By stack, of balancers that are not there yet: a group's machine may be made before.
        self._foreseen: dict[str, str] = {}

    def next(self) -> str:
        """Choose the address of the next Elastic IP or load balancer."""
        taken = {record["PublicIp"] for record in records.addresses().values()} | balancers.names()
        return self._addresses.free(self._ports() or {USUAL_PORT}, taken | set(self._foreseen.values()))

    def of_next_balancer(self, stack: str) -> str:
        """Choose the address of a stack's next load balancer, where its machines may have foreseen it."""
        return self._foreseen.pop(stack, None) or self.next()

    def of(self, account: str, region: str, instance_id: str) -> str:
        """Foresee where a machine's page will be opened: a group's at the balancer, others' at an Elastic IP."""
        tags = records.tags(account, region, instance_id)
        stack = tags.get(STACK_ID_TAG)
        if stack and GROUP_TAG in tags:
            return self._of_group(account, stack)
        of_stack = None
        for (owner, place, allocation), record in records.addresses().items():
            if record["InstanceId"] == instance_id:
                return str(record["PublicIp"])
            if stack and records.tags(owner, place, allocation).get(STACK_ID_TAG) == stack:
                of_stack = str(record["PublicIp"])
        return of_stack or self.next()

    def _of_group(self, account: str, stack: str) -> str:
        if named := balancers.names_of_stack(account, stack):
            return named[0]
        if stack not in self._foreseen:
            self._foreseen[stack] = self.next()
        return self._foreseen[stack]
