"""Who may open the page: data until the synthesis, so that a front can take the doors over."""

import jsii
from aws_cdk import AspectPriority, Aspects, IAspect
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IConstruct


class Doors(Construct):
    """The peers that the caller lets in; they are let in when the app is synthesized.

    :param connections: whose security group opens.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, connections: ec2.Connections, port: ec2.Port, description: str
    ) -> None:
        super().__init__(scope, construct_id)
        self.connections, self.port, self.description = connections, port, description
        self.peers: list[ec2.IPeer] = []
        self._front: IConstruct | None = None
        self._opened = 0
        # On a construct without children, as an aspect visits all of them.
        Aspects.of(self).add(_Opening(self), priority=AspectPriority.MUTATING)

    @property
    def security_group(self) -> ec2.ISecurityGroup:
        """What is opened."""
        return self.connections.security_groups[0]

    def let_in(self, peer: ec2.IPeer) -> None:
        """Let in a peer, or raise if that is for a front to do."""
        if self._front:
            raise ValueError(
                f"people come to the page by {self._front.node.path} alone: call its allow_web_from, not the page's"
            )
        self.peers.append(peer)

    def take_over(self, front: IConstruct, edge: ec2.IPeer) -> None:
        """Let in a front's edge alone, from here on: whom it lets in is for the front to know."""
        if self._front or self.peers:
            before = f"is behind {self._front.node.path}" if self._front else "lets people in itself"
            raise ValueError(
                f"the page {before}, so {front.node.path} can't stand in front of it: define one front, and call its "
                "allow_web_from, not the page's"
            )
        self._front = front
        self.peers.append(edge)

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
