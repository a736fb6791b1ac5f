"""Several EC2 machines that serve one Streamlit app, behind a load balancer."""

from collections.abc import Callable
from pathlib import Path
from typing import Unpack

from aws_cdk import Tokenization
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from data_compute.arguments import check_whole
from data_compute.limits import MOST_MACHINES
from data_compute.machine.checks import check_peer
from data_compute.machine.group import define_group
from data_compute.page.balancer import define_balancer, define_target_group
from data_compute.page.checks import LEAST_STREAMLIT, check_streamlit
from data_compute.page.doors import Doors
from data_compute.page.fleet_part import define_health_right, define_shared_secret, fleet_part
from data_compute.page.streamlit_machines import MachineArguments, StreamlitMachines
from data_compute.source_files import note_source


class StreamlitFleet(StreamlitMachines):
    """Machines that serve one Streamlit app over two zones, behind a balancer, open to nobody until the caller says so.

    Each is what a ``StreamlitServer`` is; a visitor stays with one of them, by a cookie, as uploads and sessions are in
    its memory. There are ``least``, and more, up to ``most``, while the processors are busy. A changed app, script or
    setting replaces them one after the other: each must answer, and be well to the balancer, and one that is not takes
    all of it back. As many as ``least`` stay in service meanwhile; where there are more, an old one goes before its
    replacement is well::

        fleet = StreamlitFleet(self, "Server", app="streamlit_src", entry_file="app.py", least=2, most=4)
        fleet.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))
        CfnOutput(self, "Url", value=fleet.url)

    Closed by default as a ``StreamlitServer``: ``allow_web_from`` opens the balancer, and the machines take requests
    from that alone. The page itself is plain HTTP: put an ``HttpsFront`` before it, or type nothing secret into it.
    A visitor whose machine is ended is led to another within half a minute, of one that fails in about a minute, and
    begins there anew: what an app is to remember longer, it keeps outside of the machines. An app that keeps to a
    Streamlit before 1.57 is refused.

    :param least: how many machines there always are, 2 at least. Default: 2.
    :param most: how many there may be, 10 at most, and one more than ``least`` at least: a replacement is started
        before what it replaces goes. Default: 4. Burstable types without credits run at a fifth of their processors,
        which looks idle and calls for no further machine: choose others, or ``cpu_credits``, where load lasts. So do
        types of more than two processors, as the page is one Python process: several small ones beat a large one.
    :param spot: keep one machine on demand and the others on Spot, of several types of one processor, at about a third
        of the price: AWS may take each of those back with two minutes' notice, and the group may end one before what it
        starts in its place is well. For the minutes of a boot, the one on demand may be all there is.
    """

    # And by a balancer that has no machine to ask.
    nobody_answers = (502, 503, 504)
    # What is kept is asked for without a cookie, so of any machine: while two versions of Streamlit answer, one that
    # lacks a file says its page instead, with a 200, and that would be kept.
    kept_at_edge = ()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        app: str | Path,
        entry_file: str,
        least: int = 2,
        most: int = 4,
        spot: bool = False,
        **machine: Unpack[MachineArguments],
    ) -> None:
        _check_range(least, most)
        super().__init__(scope, construct_id, app=app, entry_file=entry_file, **machine)
        check_streamlit(self.template.requirements, LEAST_STREAMLIT, lacks="can't tell who comes by a balancer")
        self.target_group = define_target_group(self, "Targets", vpc=self.vpc, port=self.port)
        self.shared_secret = define_shared_secret(self, "SharedSecret")
        self.template.add_boot_part(fleet_part(self.shared_secret, self.target_group))
        may_ask = define_health_right(self, "HealthRight", role=self.role)
        self.group = define_group(
            self,
            "Group",
            template=self.template,
            vpc=self.vpc,
            subnets=self.subnets.subnets,
            least=least,
            most=most,
            spot=spot,
            needs=[may_ask, self.subnets.internet_connectivity_established],
        )
        note_source(self.group, Path(app))
        self.before_a_front = (self.group,)
        self.group_name = self.group.auto_scaling_group_name
        self.balancer = define_balancer(
            self, "Balancer", vpc=self.vpc, subnets=self.subnets.subnets, port=self.port, targets=self.target_group
        )
        self.target_group.add_target(self.group)
        # One Streamlit process is one Python process, which keeps about one processor busy: half of the two that most
        # types have, and less of more, where this comes late or never.
        self.group.scale_on_cpu_utilization("BusyProcessors", target_utilization_percent=40)
        self.url = f"http://{self.balancer.load_balancer_dns_name}:{Tokenization.stringify_number(self.port)}"
        self.doors = Doors(
            self,
            "Doors",
            connections=self.balancer.connections,
            port=ec2.Port.tcp(self.port),
            description="the page",
        )

    def origin_name(self, public_name: Callable[[str], str]) -> str:  # noqa: ARG002 - it has a name of its own
        """Give the balancer's name."""
        return self.balancer.load_balancer_dns_name

    def allow_web_from(self, peer: ec2.IPeer) -> None:
        """Let ``peer`` open the page, at the balancer, which speaks IPv4: a CIDR, a prefix list or a security group."""
        check_peer(peer, ipv6=True)
        if cidr := peer.to_ingress_rule_config().cidr_ipv6:
            raise ValueError(f"{cidr} is IPv6, which the balancer does not speak: name an IPv4 address")
        self.doors.let_in(peer)

    def scale_on_schedule(
        self, name: str, *, schedule: autoscaling.Schedule, time_zone: str, least: int, most: int
    ) -> None:
        """Have other numbers of machines from a time on, such as ``Schedule.cron(month="12", hour="8", minute="0")``.

        By a zone such as ``Europe/Berlin``. Let it recur, as this does each day of December: a deploy that is rolled
        back sets the usual numbers. Say another schedule for when these are to be back.
        """
        _check_range(least, most)
        self.group.scale_on_schedule(
            name, schedule=schedule, time_zone=time_zone, min_capacity=least, max_capacity=most
        )


def _check_range(least: int, most: int) -> None:
    check_whole("least", least)
    check_whole("most", most)
    if not 2 <= least < most <= MOST_MACHINES:
        raise ValueError(
            f"least is {least} and most is {most}: use 2 <= least < most <= {MOST_MACHINES}, as a replacement is "
            "started before what it replaces goes, and one machine alone is a StreamlitServer"
        )
