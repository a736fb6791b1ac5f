"""Who may open the page: data until the synthesis, so that a front can take the doors over."""

import jsii
from aws_cdk import AspectPriority, Aspects, IAspect
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IConstruct


class Doors(Construct):
    """The peers that the caller lets in; they are let in when the app is synthesized.

    :param connections: whose security group opens: the machine's, or a front's that has taken over.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, connections: ec2.Connections, port: ec2.Port, description: str
    ) -> None:
        super().__init__(scope, construct_id)
        self.connections, self.port, self.description = connections, port, description
        self.peers: list[ec2.IPeer] = []
        self._opened = 0
        # On a construct without children, as an aspect visits all of them.
        Aspects.of(self).add(_Opening(self), priority=AspectPriority.MUTATING)

    def open(self) -> None:
        """Open the doors that are not open yet: an app may be synthesized again."""
        for peer in self.peers[self._opened :]:
            self.connections.allow_from(peer, self.port, self.description)
        self._opened = len(self.peers)


@jsii.implements(IAspect)
class _Opening:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def visit(self, node: IConstruct) -> None:  # noqa: ARG002 - the name is jsii's
        self._doors.open()
