"""A load balancer's name is its address on this laptop, where its listeners listen once they are made."""

from local_aws.balancers.balancers import Balancers
from local_aws.balancers.targets import Target
from local_aws.edge.config import Origin
from local_aws.machines.addresses import FROM_OUTSIDE
from local_aws.machines.machines import Machines
from local_aws.ministack import balancers, records, resources, stacks
from local_aws.ministack.resources import Create, Made, Properties


def install(machines: Machines, ours: Balancers) -> None:
    """Put the balancers behind ELB."""

    def named(create: Create) -> Create:
        def create_named(logical_id: str, props: Properties, stack_name: str) -> Made:
            address = machines.page_addresses.of_next_balancer(stacks.id_of(stack_name))
            arn, attributes = create(logical_id, props, stack_name)
            balancers.load_balancer(arn)["DNSName"] = address
            return arn, attributes | {"DNSName": address}

        return create_named

    resources.wrap_create(balancers.LOAD_BALANCER, named)
    for resource_type in (balancers.LOAD_BALANCER, balancers.LISTENER):
        resources.after_changes(resource_type, ours.follow)
    # Machines that boot elsewhere can't be asked from here: MiniStack takes each for well as soon as it is registered.
    if machines.run_here:
        balancers.tell_health(ours.states)


def place(machines: Machines, account: str, target: Target, seconds: float) -> Origin | None:
    """Find where a machine is asked that is a target."""
    port = machines.private_port(target.id, target.port)
    record = records.instance(account, target.id)
    if port is None or record is None:
        return None
    return Origin(
        host=record["PrivateIpAddress"],
        address="127.0.0.1",
        port=port,
        path="",
        headers=(),
        read_seconds=seconds,
        leaves_from=FROM_OUTSIDE,
        attempts=1,
    )
