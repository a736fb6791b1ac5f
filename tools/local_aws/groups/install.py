"""Puts the groups behind Auto Scaling."""

from local_aws.balancers.balancers import Balancers
from local_aws.groups import calls
from local_aws.groups.keeper import Keeper
from local_aws.groups.resource import Group
from local_aws.machines.machines import Machines


def install(machines: Machines, balancers: Balancers) -> Keeper:
    """Have groups whose machines are the laptop's; what is given back keeps them once it is started."""
    keeper = Keeper(machines, balancers)
    Group(keeper).install()
    calls.install(keeper)
    return keeper
