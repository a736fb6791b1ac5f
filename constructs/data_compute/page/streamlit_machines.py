"""What one machine that serves a page and a fleet of them have in common."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import jsii
from aws_cdk import Tokenization
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct, IDependable

from data_compute.arguments import check_kind, check_no_text
from data_compute.log_group import define_log_group
from data_compute.machine.checks import check_peer
from data_compute.machine.key_pair import define_key_pair
from data_compute.machine.launch_template import MachineTemplate
from data_compute.machine.operating_system import AMAZON_LINUX_2023, OperatingSystem
from data_compute.machine.role import define_machine_role, role_of
from data_compute.machine.ssh_peers import SshPeers
from data_compute.network import define_security_group, define_vpc, select_public_subnets
from data_compute.page.checks import check_app, check_port
from data_compute.page.doors import Doors
from data_compute.source_files import check_no_keys
from data_compute.unchangeable_role import warn_of_grants

SERVICE = Path(__file__).with_name("unit")


class MachineArguments(TypedDict, total=False):
    """What may be said of a machine, whether there is one or many; ``StreamlitMachines`` has the defaults."""

    environment: Mapping[str, str] | None
    port: int
    vpc: ec2.IVpc | None
    vpc_subnets: ec2.SubnetSelection | None
    instance_type: ec2.InstanceType | None
    operating_system: OperatingSystem
    machine_image: ec2.IMachineImage | None
    root_volume_gib: int
    cpu_credits: ec2.CpuCredits
    security_group: ec2.ISecurityGroup | None
    key_pair: ec2.IKeyPair | None
    public_key_material: str | None
    role: iam.IRole | None
    instance_profile: iam.IInstanceProfile | None
    app_uses_role: bool
    log_group: logs.ILogGroup | None
    log_retention: logs.RetentionDays
    generation: str


@jsii.implements(iam.IGrantable, ec2.IConnectable)
class StreamlitMachines(Construct):
    """How a machine that serves a Streamlit app is made and reached; where, and how many, the two constructs say.

    :param app: the app's folder: the entry file, what says which packages it needs, and whatever else it needs. The
        machine installs from the first of ``pylock.toml``, ``uv.lock``, ``requirements.lock`` and
        ``requirements.txt``, from a lock exactly what has its hash there, and only wheels: a line
        ``--no-binary NAME`` in one of the last two lets that one package be built, as root.
        Caches, tests and files of passwords stay behind; the synthesis names the last two; a key is an error.
    :param entry_file: the script that ``streamlit run`` gets, relative to ``app``.
    :param environment: settings for the app. Not for secrets: user data is readable in the console. They win over the
        unit's, which win over the app's own ``config.toml``: to be reached by another name through a proxy that changes
        the ``Host``, set ``STREAMLIT_BROWSER_SERVER_ADDRESS`` here, or ``server.corsAllowedOrigins`` there.
    :param port: where Streamlit listens, 1024 to 65535. Default: 8501.
    :param vpc: bring your own, with a public subnet. Where its DHCP options name DNS servers of yours, the machine must
        be let out to them, ``server.connections.allow_to(ec2.Peer.ipv4("10.0.0.53/32"), ec2.Port.DNS_UDP)``: EC2's own
        resolver passes every security group, others do not. Default: one of its own, without a NAT gateway.
    :param vpc_subnets: which of the VPC's public subnets. Default: all.
    :param instance_type: default ``t4g.small`` (Graviton).
    :param operating_system: ``AMAZON_LINUX_2023``, the default, or ``UBUNTU_24_04``. A security group of your own
        must let Ubuntu out to port 80 as well, where its packages are.
    :param machine_image: an image of that operating system. Default: the newest for the instance type's processor
        whenever a machine is launched; pass one to pin it. A parameter of your own has the data type
        ``aws:ec2:image``. Amazon Linux's minimal one has no ``amazon-ssm-agent``, so Session Manager reaches no such
        machine.
    :param cpu_credits: of burstable types. Default: ``STANDARD``, by which a new t4g or t3 has none yet: a t4g.small
        boots with 0.4 of a processor, in several minutes, and its first pages are slow. ``UNLIMITED`` can cost more
        than the machine itself.
    :param root_volume_gib: size of the encrypted gp3 disk, 8 at least. Default: 12.
    :param security_group: bring your own. Default: closed inwards, HTTPS only outwards.
    :param key_pair: bring your own. Default: a new one, its private key in Parameter Store only.
    :param public_key_material: instead of ``key_pair``, your own public key; no private key ever reaches AWS.
    :param role: bring your own. Default: one of its own. Either gets the machine's few rights. Of a role that stays as
        it is, ``mutable=False``, each right that it must have already is a warning, also of what you grant this server;
        ``.role`` then wraps yours.
    :param instance_profile: instead of ``role``, a profile that there is already, with its role:
        ``iam.InstanceProfile.from_instance_profile_attributes(…, role=role)``.
    :param app_uses_role: let the app act as the role although nothing is granted to this server: for a role that has
        its rights from elsewhere. Default: only if something is.
    :param log_group: bring your own. Default: one of its own that keeps ``log_retention`` and goes with the stack.
    :param log_retention: for the own log group. Default: one month.
    :param generation: any word; another one makes a new machine, with the newest image, at the same address.
    """

    doors: Doors
    # By CloudFront itself: nothing answers at the address, or the machine is up and the server is not.
    nobody_answers: Sequence[int] = (502, 504)
    # What a front may keep: Streamlit's own files, whose names have their hashes. An app may serve other things below
    # /static.
    kept_at_edge: Sequence[str] = ("/static/css/*", "/static/js/*", "/static/media/*")
    # What must be there before a front leads people here, beside what its name says.
    before_a_front: Sequence[IDependable] = ()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        app: str | Path,
        entry_file: str,
        environment: Mapping[str, str] | None = None,
        port: int = 8501,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        instance_type: ec2.InstanceType | None = None,
        operating_system: OperatingSystem = AMAZON_LINUX_2023,
        machine_image: ec2.IMachineImage | None = None,
        root_volume_gib: int = 12,
        cpu_credits: ec2.CpuCredits = ec2.CpuCredits.STANDARD,
        security_group: ec2.ISecurityGroup | None = None,
        key_pair: ec2.IKeyPair | None = None,
        public_key_material: str | None = None,
        role: iam.IRole | None = None,
        instance_profile: iam.IInstanceProfile | None = None,
        app_uses_role: bool = False,
        log_group: logs.ILogGroup | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        generation: str = "1",
    ) -> None:
        super().__init__(scope, construct_id)
        check_app(Path(app), entry_file)
        check_no_keys(Path(app))
        check_port(port)
        check_kind("operating_system", operating_system, OperatingSystem, "AMAZON_LINUX_2023 or UBUNTU_24_04")
        check_no_text("role", role, f"iam.Role.from_role_arn(self, 'Role', {role!r})")
        role = role_of(role, instance_profile)
        if key_pair and public_key_material:
            raise ValueError("key_pair and public_key_material are both given: the machine has one key pair, pass one")

        self.port = port
        self.vpc = vpc or define_vpc(self, "Vpc")
        self._may_have_ipv6 = vpc is not None
        self.security_group = security_group or define_security_group(
            self, "SecurityGroup", vpc=self.vpc, packages_by_http=operating_system.packages_by_http
        )
        self.key_pair = key_pair or define_key_pair(self, "KeyPair", public_key_material=public_key_material)
        self.subnets = select_public_subnets(self.vpc, vpc_subnets)
        self.log_group = log_group or define_log_group(self, "Logs", log_retention)
        self.role = warn_of_grants(self, role) if role else define_machine_role(self, "Role")
        self.template = MachineTemplate(
            self,
            "Template",
            service=SERVICE,
            app=Path(app),
            settings={"ENTRY_FILE": entry_file, "PORT": Tokenization.stringify_number(port)},
            environment=environment or {},
            instance_type=instance_type or ec2.InstanceType("t4g.small"),
            operating_system=operating_system,
            machine_image=machine_image,
            root_volume_gib=root_volume_gib,
            cpu_credits=cpu_credits,
            security_group=self.security_group,
            key_pair=self.key_pair,
            role=self.role,
            instance_profile=instance_profile,
            app_uses_role=app_uses_role,
            log_group=self.log_group,
            generation=generation,
        )
        self.launch_template = self.template.launch_template
        self._ssh_peers = SshPeers()

    @abstractmethod
    def origin_name(self, public_name: Callable[[str], str]) -> str:
        """Give the name at which a front finds the page; ``public_name`` gives that of an address."""

    @property
    def connections(self) -> ec2.Connections:
        """What a caller opens doors with, beyond the page and SSH."""
        return self.launch_template.connections

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Who gets a right when a caller grants it to this machine. Whoever asks means the app, and lets it in."""
        self.template.let_app_use_role()
        return self.role.grant_principal

    def allow_web_from(self, peer: ec2.IPeer) -> None:
        """Let ``peer`` open the page: a CIDR, a prefix list or a security group; the world, if you say so.

        IPv6 is refused unless you brought the ``vpc``: whether that has it is not known of every one.
        """
        check_peer(peer, ipv6=self._may_have_ipv6)
        self.doors.let_in(peer)

    def allow_ssh_from(self, peer: ec2.IPeer) -> None:
        """Let ``peer`` log in by SSH. More than a /16 of IPv4, in one call or in several together, is refused.

        IPv6 as for ``allow_web_from``.
        """
        check_peer(peer, ipv6=self._may_have_ipv6)
        self._ssh_peers.add(peer)
        self.connections.allow_from(peer, ec2.Port.SSH, "SSH")
