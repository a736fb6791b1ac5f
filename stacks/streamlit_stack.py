"""The stack of the machine, or the machines, that serve the Streamlit app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING

import jsii
from aws_cdk import Annotations, Aws, CfnOutput, Duration
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from data_compute import AMAZON_LINUX_2023, UBUNTU_24_04, HttpsFront, IdleStop, SignIn, StreamlitServer
from data_compute.findings import acknowledge
from data_compute.page.streamlit_machines import MachineArguments
from stacks import outputs
from stacks.copy_settings import MAIN
from stacks.copy_stack import CopyStack
from stacks.door_settings import WORLD
from stacks.entry_file import find_entry_file
from stacks.lab import import_instance_profile, import_key_pair
from stacks.network_settings import ZONES, Network
from stacks.registry import PAGE
from stacks.streamlit_settings import StreamlitSettings

if TYPE_CHECKING:
    from data_compute import StreamlitFleet

OPERATING_SYSTEMS = MappingProxyType({"amazon-linux-2023": AMAZON_LINUX_2023, "ubuntu-24.04": UBUNTU_24_04})

NOBODY_ALLOWED = """\
on AWS nobody can open the page yet, as web_from is empty. Open it with one of
  make deploy{copy} WEB_FROM=my-ip             (this laptop's address)
  make deploy{copy} WEB_FROM=203.0.113.7/32    (these addresses)
  make deploy{copy} WEB_FROM=world             (everybody)"""


class StreamlitStack(CopyStack):
    """The Streamlit page, which asks the API for its means."""

    def __init__(self, scope: Construct, *, settings: StreamlitSettings, api_url: str) -> None:
        what = "EC2 instances that serve" if settings.is_fleet else "An EC2 instance that serves"
        super().__init__(scope, PAGE, settings=settings, description=f"{what} the Streamlit page")
        self.server = self._define_machines(settings, api_url)
        # With another generation, a changed secret reaches the edge as well.
        https = settings.https
        self.front = HttpsFront(self, "Front", server=self.server, generation=settings.generation) if https else None
        self.sign_in = SignIn(self, "SignIn", front=self.front) if self.front and settings.sign_in else None
        if isinstance(self.server, StreamlitServer):
            self._define_power(settings, self.server)
        self._open_doors(settings)
        self._define_outputs()

    def _define_machines(self, settings: StreamlitSettings, api_url: str) -> StreamlitServer | StreamlitFleet:
        """Define one machine or a fleet, by the same name: a move between them keeps what both have."""
        entry_file = find_entry_file(settings.app, settings.entry_file)
        machine: MachineArguments = {
            "environment": {"CALCULATE_MEAN_URL": api_url},
            "port": settings.port,
            "instance_type": ec2.InstanceType(settings.instance_type),
            "instance_profile": import_instance_profile(self, self.role) if self.role else None,
            "key_pair": import_key_pair(self) if settings.in_lab and not settings.public_key else None,
            "public_key_material": settings.public_key,
            "operating_system": OPERATING_SYSTEMS[settings.operating_system],
            "machine_image": _Image(settings.image) if settings.image else None,
            "vpc": self._network(settings.vpc) if settings.vpc else None,
            "log_retention": self.log_retention,
            "generation": settings.generation,
        }
        if not settings.is_fleet:
            zone = ZONES.index(settings.zone)
            return StreamlitServer(self, "Server", app=settings.app, entry_file=entry_file, zone=zone, **machine)
        # The CDK's modules for it take a second to load, for which one machine need not wait.
        from data_compute import StreamlitFleet

        least, most = settings.machines
        return StreamlitFleet(
            self,
            "Server",
            app=settings.app,
            entry_file=entry_file,
            least=least,
            most=most,
            spot=settings.spot,
            **machine,
        )

    def _define_power(self, settings: StreamlitSettings, server: StreamlitServer) -> None:
        if settings.idle_stop:
            IdleStop(self, "IdleStop", machine=server, after=Duration.minutes(settings.idle_stop))
        if hours := settings.office_hours:
            # The CDK's module for it, too, is for those who use it.
            from data_compute import OfficeHours

            OfficeHours(self, "OfficeHours", machine=server, **asdict(hours))

    def _network(self, found: Network) -> ec2.IVpc:
        vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Network",
            vpc_id=found.vpc_id,
            availability_zones=list(found.subnets),
            public_subnet_ids=list(found.subnets.values()),
        )
        unread = "Nothing here reads or changes its routes."
        for subnet in vpc.public_subnets:
            Annotations.of(subnet).acknowledge_warning("@aws-cdk/aws-ec2:noSubnetRouteTableId", unread)
        return vpc

    def _open_doors(self, settings: StreamlitSettings) -> None:
        for peer in _peers(settings.web_from):
            (self.front or self.server).allow_web_from(peer)
        for peer in _peers(settings.ssh_from):
            self.server.allow_ssh_from(peer)
        if WORLD in settings.web_from and not self.front:
            acknowledge(
                self.server.doors.security_group,
                "EC23",
                "Whoever deployed said web_from=world: the page is for everybody, and only its port is open.",
            )
        if not settings.web_from:
            copy = "" if settings.copy == MAIN else f" COPY={settings.copy}"
            Annotations.of(self).add_warning_v2("cdk-data-compute:nobody-allowed", NOBODY_ALLOWED.format(copy=copy))

    def _define_outputs(self) -> None:
        server = self.server
        CfnOutput(self, outputs.PAGE_URL, value=(self.front or server).url, description="The page")
        if self.sign_in:
            pool = self.sign_in.user_pool.user_pool_id
            CfnOutput(self, outputs.USERS, value=pool, description="The user pool of who may sign in")
        if isinstance(server, StreamlitServer):
            CfnOutput(self, outputs.MACHINE, value=server.instance_id, description="The machine")
            CfnOutput(
                self,
                outputs.SESSION,
                value=f"aws ssm start-session --region {Aws.REGION} --target {server.instance_id}",
                description="Logs in by Session Manager, with no port open",
            )
        else:
            CfnOutput(
                self, outputs.FLEET, value=server.group_name, description="The Auto Scaling group of the machines"
            )
        # A lab's own pair is known by its name alone.
        pair = server.key_pair
        key_pair = pair.key_pair_id if isinstance(pair, ec2.KeyPair) else pair.key_pair_name
        CfnOutput(self, outputs.KEY_PAIR, value=key_pair, description="The key pair, for ssh")
        CfnOutput(
            self,
            outputs.SERVER_LOGS,
            value=server.log_group.log_group_name,
            description=f"The log of boot and app: {outputs.LOGS_ARE_FOR}",
        )


@jsii.implements(ec2.IMachineImage)
class _Image:
    """An image by its id, which is another one in each region: whoever names it knows where they deploy."""

    def __init__(self, image_id: str) -> None:
        self._image_id = image_id

    @jsii.member(jsii_name="getImage")
    def get_image(self, _scope: Construct) -> ec2.MachineImageConfig:
        return ec2.MachineImageConfig(
            image_id=self._image_id, os_type=ec2.OperatingSystemType.LINUX, user_data=ec2.UserData.for_linux()
        )


def _peers(sources: Sequence[str]) -> list[ec2.IPeer]:
    """Turn checked CIDRs and prefix lists into what a security group takes."""
    return [_peer(source) for source in sources]


def _peer(source: str) -> ec2.IPeer:
    if source.startswith("pl-"):
        return ec2.Peer.prefix_list(source)
    return ec2.Peer.ipv6(source) if ":" in source else ec2.Peer.ipv4(source)
