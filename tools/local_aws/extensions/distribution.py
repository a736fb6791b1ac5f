"""A distribution's domain name is where its edge listens on this laptop, from the moment that it is made."""

from local_aws.edge.edges import Edges
from local_aws.machines.machines import Machines
from local_aws.ministack import distributions


def install(edges: Edges, machines: Machines) -> None:
    """Put the edges behind CloudFront."""
    distributions.hand_out_domain_names(edges.next_domain_name)
    # A change takes minutes on AWS, in which machines learn of a new secret that the edge will bring.
    distributions.around_changes(before_update=machines.run_jobs, after=edges.follow)
