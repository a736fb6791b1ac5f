"""An EC2 instance that serves a Streamlit app, behind an address that stays."""

from collections.abc import Mapping
from pathlib import Path

import jsii
from aws_cdk import Aws, CfnCreationPolicy, CfnResourceSignal, Duration, IgnoreMode, Tokenization
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from data_compute.log_group import define_log_group
from data_compute.source_files import NEVER_DEPLOYED, check_no_keys
from data_compute.streamlit_server.checks import check_app, check_architecture, check_port
from data_compute.streamlit_server.findings import acknowledge_instance
from data_compute.streamlit_server.key_pair import define_key_pair
from data_compute.streamlit_server.machine_role import define_machine_rights, define_machine_role
from data_compute.streamlit_server.network import define_security_group, define_vpc
from data_compute.streamlit_server.operating_system import AMAZON_LINUX_2023, OperatingSystem
from data_compute.streamlit_server.role_use import RoleUse
from data_compute.streamlit_server.ssh_peers import SshPeers
from data_compute.streamlit_server.user_data import check_size, render_user_data

MACHINE_FILES = Path(__file__).with_name("machine")

# A boot takes one to two minutes; after this, CloudFormation gives the machine up.
LONGEST_BOOT = Duration.minutes(15)


@jsii.implements(iam.IGrantable, ec2.IConnectable)
class StreamlitServer(Construct):
    """A machine that serves a Streamlit app at a fixed address, open to nobody until the caller says so.

    A deploy succeeds only after the app's own script ran on the new machine and the page answered. A changed app,
    script or setting makes a new machine, which must be healthy before the address moves and the old one goes::

        server = StreamlitServer(self, "Server", app="streamlit_src", entry_file="app.py")
        server.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))
        bucket.grant_read(server)

    Closed by default: no port is open (Session Manager always works), the disk is encrypted, the metadata service
    answers version 2 only, and the role may fetch this app, write this log and be reached by Session Manager. The app
    itself reaches neither the service nor the role, until you grant this server something: then it has all of the
    role's rights, and so has whoever takes the app over.
    The page itself is plain HTTP: put HTTPS in front before anything secret is typed into it.

    :param app: the app's folder: the entry file, ``requirements.txt`` and whatever else the app needs. With a
        ``requirements.lock`` (``uv pip compile --generate-hashes``) beside it, the machine installs exactly that.
        Either way only wheels: a line ``--no-binary NAME`` in the file lets that one package be built, as root.
        Caches, tests and files of passwords stay behind; a key is an error.
    :param entry_file: the script that ``streamlit run`` gets, relative to ``app``.
    :param environment: settings for the app. Not for secrets: user data is readable in the console.
    :param port: where Streamlit listens, 1024 to 65535. Default: 8501.
    :param vpc: bring your own, with a public subnet. Default: one of its own, without a NAT gateway.
    :param vpc_subnets: which of the VPC's public subnets. Default: any.
    :param instance_type: default ``t4g.small`` (Graviton).
    :param operating_system: ``AMAZON_LINUX_2023``, the default, or ``UBUNTU_24_04``. A security group of your own
        must let Ubuntu out to port 80 as well, where its packages are.
    :param machine_image: an image of that operating system. Default: the newest for the instance type's processor
        at each deploy; pass one to pin it.
    :param root_volume_gib: size of the encrypted gp3 disk. Default: 12.
    :param security_group: bring your own. Default: closed inwards, HTTPS only outwards.
    :param key_pair: bring your own. Default: a new one, its private key in Parameter Store only.
    :param public_key_material: instead of ``key_pair``, your own public key; no private key ever reaches AWS.
    :param role: bring your own. Default: one of its own. Either gets the machine's few rights.
    :param app_uses_role: let the app act as the role although nothing is granted to this server: for a role that has
        its rights from elsewhere. Default: only if something is.
    :param log_group: bring your own. Default: one of its own that keeps ``log_retention`` and goes with the stack.
    :param log_retention: for the own log group. Default: one month.
    :param termination_protection: refuse to terminate. A replaced machine then stays until you allow its end.
    """

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
        security_group: ec2.ISecurityGroup | None = None,
        key_pair: ec2.IKeyPair | None = None,
        public_key_material: str | None = None,
        role: iam.IRole | None = None,
        app_uses_role: bool = False,
        log_group: logs.ILogGroup | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        termination_protection: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        check_app(Path(app), entry_file)
        check_no_keys(Path(app))
        check_port(port)
        if key_pair and public_key_material:
            raise ValueError("key_pair and public_key_material are both given: the machine has one key pair, pass one")
        instance_type = instance_type or ec2.InstanceType("t4g.small")
        machine_image = machine_image or operating_system.newest_image(instance_type)

        self.port = port
        self.vpc = vpc or define_vpc(self, "Vpc")
        self.security_group = security_group or define_security_group(
            self, "SecurityGroup", vpc=self.vpc, packages_by_http=operating_system.packages_by_http
        )
        self.key_pair = key_pair or define_key_pair(self, "KeyPair", public_key_material=public_key_material)
        self.log_group = log_group or define_log_group(self, "Logs", log_retention)
        self.role = role or define_machine_role(self, "Role")
        self._role_use = RoleUse(app_uses_role)

        machine_files = s3_assets.Asset(self, "MachineFiles", path=str(MACHINE_FILES))
        app_files = s3_assets.Asset(
            self, "App", path=str(app), exclude=list(NEVER_DEPLOYED), ignore_mode=IgnoreMode.GIT
        )
        rights = define_machine_rights(
            self,
            "MachineRights",
            role=self.role,
            files=[machine_files, app_files],
            log_group=self.log_group,
            asks_to_signal=operating_system.first_lines is not None,
        )

        self.instance = self._define_instance(
            instance_type=instance_type,
            machine_image=machine_image,
            vpc_subnets=vpc_subnets,
            root_volume=_root_volume(operating_system.root_device, root_volume_gib),
            termination_protection=termination_protection,
        )
        self.instance.node.add_dependency(rights)
        # Of the image that the instance has: asking for it twice would define its mapping twice.
        check_architecture(self, instance_type, str(self.instance.instance.image_id))
        self._define_boot(
            made_of=f"{instance_type.to_string()}, {root_volume_gib} GiB",
            files={"MACHINE_FILES": machine_files.s3_object_url, "APP_FILES": app_files.s3_object_url},
            entry_file=entry_file,
            environment=environment or {},
            first_lines=operating_system.first_lines,
        )

        # One resource, updated in place, so that a rollback moves the address back as well.
        self.elastic_ip = ec2.CfnEIP(self, "ElasticIp", domain="vpc", instance_id=self.instance.instance_id)
        self.url = f"http://{self.elastic_ip.attr_public_ip}:{Tokenization.stringify_number(port)}"
        self._ssh_peers = SshPeers()
        acknowledge_instance(self.instance, termination_protection=termination_protection)

    @property
    def connections(self) -> ec2.Connections:
        """What a caller opens doors with, beyond the page and SSH."""
        return self.instance.connections

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Who gets a right when a caller grants it to this machine. Whoever asks means the app, and lets it in."""
        self._role_use.allowed = True
        return self.instance.grant_principal

    def allow_web_from(self, peer: ec2.IPeer) -> None:
        """Let ``peer`` open the page: a CIDR, a prefix list or a security group; the world, if you say so."""
        self.connections.allow_from(peer, ec2.Port.tcp(self.port), "the page")

    def allow_ssh_from(self, peer: ec2.IPeer) -> None:
        """Let ``peer`` log in by SSH. More than a /16 of IPv4, in one call or in several together, is refused."""
        self._ssh_peers.add(peer)
        self.connections.allow_from(peer, ec2.Port.SSH, "SSH")

    def _define_instance(
        self,
        *,
        instance_type: ec2.InstanceType,
        machine_image: ec2.IMachineImage,
        vpc_subnets: ec2.SubnetSelection | None,
        root_volume: ec2.BlockDevice,
        termination_protection: bool,
    ) -> ec2.Instance:
        return ec2.Instance(
            self,
            "Instance",
            vpc=self.vpc,
            vpc_subnets=vpc_subnets or ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            # For the boot, before the address that stays is attached.
            associate_public_ip_address=True,
            instance_type=instance_type,
            machine_image=machine_image,
            security_group=self.security_group,
            key_pair=self.key_pair,
            role=self.role,
            user_data=ec2.UserData.for_linux(),
            user_data_causes_replacement=True,
            # Set directly: require_imdsv2 would add a launch template.
            http_tokens=ec2.HttpTokens.REQUIRED,
            http_put_response_hop_limit=1,
            ebs_optimized=True,
            block_devices=[root_volume],
            disable_api_termination=termination_protection or None,
        )

    def _define_boot(
        self,
        *,
        made_of: str,
        files: Mapping[str, str],
        entry_file: str,
        environment: Mapping[str, str],
        first_lines: Path | None,
    ) -> None:
        """Write the user data, which names the instance that it signals for, and wait for that signal."""
        resource = self.instance.instance
        resource.cfn_options.creation_policy = CfnCreationPolicy(
            resource_signal=CfnResourceSignal(count=1, timeout=LONGEST_BOOT.to_iso_string())
        )
        script = render_user_data(
            made_of=made_of,
            machine={
                "AWS_DEFAULT_REGION": Aws.REGION,
                "STACK_NAME": Aws.STACK_NAME,
                "RESOURCE_ID": resource.logical_id,
                "LOG_GROUP": self.log_group.log_group_name,
                **files,
                "ENTRY_FILE": entry_file,
                "PORT": Tokenization.stringify_number(self.port),
                "APP_USES_ROLE": self._role_use.word,
            },
            app={"AWS_DEFAULT_REGION": Aws.REGION, **environment},
            first_lines=first_lines,
        )
        check_size(self, script)
        self.instance.user_data.add_commands(script)


def _root_volume(device_name: str, gib: int) -> ec2.BlockDevice:
    return ec2.BlockDevice(
        device_name=device_name,
        volume=ec2.BlockDeviceVolume.ebs(gib, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3),
    )
