"""What MiniStack lacks and the stacks need: one module a resource."""

from local_aws import decisions, readings
from local_aws.balancers.balancers import Balancers
from local_aws.edge.edges import Edges
from local_aws.extensions import (
    access_log,
    change_sets,
    distribution,
    early_validation,
    ec2_calls,
    elastic_ip,
    exports,
    function,
    http_api,
    instance,
    key_pair,
    load_balancer,
    noting,
    public_images,
    replacement,
    rest_api,
    rights,
    run_command,
    schedule,
    secret,
    security_group_rule,
    stack_events,
    user_pool,
    waiting,
)
from local_aws.machines.machines import Machines
from local_aws.ministack import default_network
from local_aws.state import State


def install(machines: Machines, edges: Edges, balancers: Balancers, state: State) -> None:
    """Teach MiniStack our resources, before it serves."""
    rights.install(decisions.Record(state.decisions))
    change_sets.install()
    early_validation.install()
    exports.install()
    replacement.install()
    stack_events.install()
    waiting.install()
    public_images.install()
    default_network.add_way_out()
    function.install()
    http_api.install(machines.endpoint)
    rest_api.install()
    access_log.install()
    key_pair.install(machines.endpoint)
    instance.install(machines)
    elastic_ip.install(machines.endpoint)
    secret.install()
    schedule.install(machines.endpoint)
    security_group_rule.install()
    ec2_calls.install(machines)
    load_balancer.install(machines, balancers)
    run_command.install(machines, balancers)
    distribution.install(edges, machines)
    user_pool.install(machines)
    noting.install(readings.Record(state.readings))
