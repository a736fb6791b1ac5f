"""An EC2 instance that serves a Streamlit app, behind an address that stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Unpack

from aws_cdk import Tokenization
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from data_compute.machine.instance import define_instance
from data_compute.network import subnet_in_zone
from data_compute.page.doors import Doors
from data_compute.page.streamlit_machines import MachineArguments, StreamlitMachines
from data_compute.source_files import note_source


class StreamlitServer(StreamlitMachines):
    """A machine that serves a Streamlit app at a fixed address, open to nobody until the caller says so.

    A deploy succeeds only after every page of the app ran on the new machine and the first one answered. A changed app,
    script or setting makes a new machine, which must be healthy before the address moves and the old one goes::

        server = StreamlitServer(self, "Server", app="streamlit_src", entry_file="app.py")
        server.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))
        bucket.grant_read(server)

    Closed by default: no port is open (Session Manager always works), the disk is encrypted, the metadata service
    answers version 2 only, and the role may fetch this app, write this log and be reached by Session Manager. The app
    itself reaches neither the service nor the role, until you grant this server something: then it has all of the
    role's rights, and so has whoever takes the app over.
    The page itself is plain HTTP: put an ``HttpsFront`` before it, or type nothing secret into it.

    :param zone: in which of these subnets, each in a zone of its own, the machine stands. Default: 0, the first.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        app: str | Path,
        entry_file: str,
        zone: int = 0,
        **machine: Unpack[MachineArguments],
    ) -> None:
        super().__init__(scope, construct_id, app=app, entry_file=entry_file, **machine)
        self.template.stand_in(subnet_in_zone(self.subnets, zone))
        self.instance = define_instance(
            self, "Instance", template=self.template, needs=[self.subnets.internet_connectivity_established]
        )
        note_source(self.instance, Path(app))
        self.instance_id = self.instance.ref
        # One resource, updated in place, so that a rollback moves the address back as well.
        self.elastic_ip = ec2.CfnEIP(self, "ElasticIp", domain="vpc", instance_id=self.instance_id)
        self.url = f"http://{self.elastic_ip.attr_public_ip}:{Tokenization.stringify_number(self.port)}"
        self.doors = Doors(
            self, "Doors", connections=self.connections, port=ec2.Port.tcp(self.port), description="the page"
        )

    def origin_name(self, public_name: Callable[[str], str]) -> str:
        """Give the name of the machine's address."""
        return public_name(self.elastic_ip.attr_public_ip)
