"""A distribution's domain name is where its edge listens on this laptop, from the moment that it is made."""

from local_aws.edge.edges import Edges
from local_aws.ministack import distributions


def install(edges: Edges) -> None:
    """Put the edges behind CloudFront."""
    distributions.hand_out_domain_names(edges.next_domain_name)
    distributions.after_changes(edges.follow)
