"""Nothing is open until the caller opens it, and SSH never to many."""

from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_ec2 as ec2

from data_compute import UBUNTU_24_04, StreamlitServer
from tests.templates import Json, properties, rendered, resources, synthesized

Define = Callable[..., StreamlitServer]
HTTPS_OUT = {
    "CidrIp": "0.0.0.0/0",
    "Description": "packages, AWS and the APIs that the app calls",
    "FromPort": 443,
    "IpProtocol": "tcp",
    "ToPort": 443,
}


@pytest.fixture
def server(new_stack: Callable[[], Stack], app_folder: Path) -> StreamlitServer:
    """Define one in a network that may have IPv6."""
    stack = new_stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-1", availability_zones=["us-east-1a"], public_subnet_ids=["subnet-1"]
    )
    return StreamlitServer(stack, "Server", app=app_folder, entry_file="app.py", vpc=vpc)


def group(server: StreamlitServer) -> Json:
    return properties(synthesized(Stack.of(server)), "AWS::EC2::SecurityGroup")


def test_closed_by_default(default_server: StreamlitServer) -> None:
    template = synthesized(Stack.of(default_server))

    found = properties(template, "AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in found
    assert found["SecurityGroupEgress"] == [HTTPS_OUT]
    assert resources(template, "AWS::EC2::SecurityGroupIngress") == {}
    assert resources(template, "AWS::EC2::SecurityGroupEgress") == {}


def test_ubuntu_fetches_its_signed_packages_by_http(new_stack: Callable[[], Stack], app_folder: Path) -> None:
    server = StreamlitServer(new_stack(), "Server", app=app_folder, entry_file="app.py", operating_system=UBUNTU_24_04)

    http_out = HTTPS_OUT | {"Description": "signed packages of the operating system", "FromPort": 80, "ToPort": 80}
    assert group(server)["SecurityGroupEgress"] == [HTTPS_OUT, http_out]
    assert "SecurityGroupIngress" not in group(server)


def test_page_opens_to_a_cidr_on_its_own_port(new_stack: Callable[[], Stack], app_folder: Path) -> None:
    server = StreamlitServer(new_stack(), "Server", app=app_folder, entry_file="app.py", port=9000)
    server.allow_web_from(ec2.Peer.ipv4("203.0.113.0/24"))

    assert group(server)["SecurityGroupIngress"] == [
        {
            "CidrIp": "203.0.113.0/24",
            "Description": "the page",
            "FromPort": 9000,
            "IpProtocol": "tcp",
            "ToPort": 9000,
        }
    ]


def test_page_opens_to_the_world_when_the_caller_says_so(server: StreamlitServer) -> None:
    server.allow_web_from(ec2.Peer.any_ipv4())

    (rule,) = group(server)["SecurityGroupIngress"]
    assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) == ("0.0.0.0/0", 8501, 8501)


@pytest.mark.parametrize(("door", "port"), [("allow_web_from", 8501), ("allow_ssh_from", 22)])
def test_prefix_lists_and_security_groups_are_welcome(server: StreamlitServer, door: str, port: int) -> None:
    colleagues = ec2.SecurityGroup.from_security_group_id(Stack.of(server), "Colleagues", "sg-12345678")
    getattr(server, door)(ec2.Peer.prefix_list("pl-12345678"))
    getattr(server, door)(colleagues)
    template = synthesized(Stack.of(server))

    rules = [found["Properties"] for found in resources(template, "AWS::EC2::SecurityGroupIngress").values()]
    assert "SecurityGroupIngress" not in properties(template, "AWS::EC2::SecurityGroup")
    assert {(rule["FromPort"], rule["ToPort"]) for rule in rules} == {(port, port)}
    assert [rule.get("SourcePrefixListId", rule.get("SourceSecurityGroupId")) for rule in rules] == [
        "pl-12345678",
        "sg-12345678",
    ]


@pytest.mark.parametrize(
    ("peer", "key", "cidr"),
    [
        (ec2.Peer.ipv4("203.0.113.7/32"), "CidrIp", "203.0.113.7/32"),
        (ec2.Peer.ipv4("10.1.0.0/16"), "CidrIp", "10.1.0.0/16"),
        (ec2.Peer.ipv6("2001:db8::/48"), "CidrIpv6", "2001:db8::/48"),
    ],
)
def test_ssh_opens_to_a_network_of_a_company_at_most(
    server: StreamlitServer, peer: ec2.IPeer, key: str, cidr: str
) -> None:
    server.allow_ssh_from(peer)

    assert group(server)["SecurityGroupIngress"] == [
        {key: cidr, "Description": "SSH", "FromPort": 22, "IpProtocol": "tcp", "ToPort": 22}
    ]


def test_ssh_in_several_calls_that_together_are_few(server: StreamlitServer) -> None:
    for cidr in ("10.1.0.0/17", "10.1.128.0/18", "10.1.128.0/18", "10.1.192.0/18", "10.1.0.7/32"):
        server.allow_ssh_from(ec2.Peer.ipv4(cidr))
    # Each version of IP has its own limit.
    server.allow_ssh_from(ec2.Peer.ipv6("2001:db8::/48"))

    assert [rule.get("CidrIp", rule.get("CidrIpv6")) for rule in group(server)["SecurityGroupIngress"]] == [
        "10.1.0.0/17",
        "10.1.128.0/18",
        "10.1.192.0/18",
        "10.1.0.7/32",
        "2001:db8::/48",
    ]


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "10.0.0.0/15", "10.0.0.5/15"])
def test_ssh_from_more_than_a_16_is_refused(server: StreamlitServer, cidr: str) -> None:
    message = rf"^SSH was opened to {cidr}, which is more than a /16 of IPv4: name your own address, such as .*/32"

    with pytest.raises(ValueError, match=message):
        server.allow_ssh_from(ec2.Peer.ipv4(cidr))


@pytest.mark.parametrize("peer", [ec2.Peer.any_ipv6(), ec2.Peer.ipv6("2001:db8::/47")])
def test_ssh_from_more_than_one_site_of_ipv6_is_refused(server: StreamlitServer, peer: ec2.IPeer) -> None:
    with pytest.raises(ValueError, match=r"^SSH was opened to .*, which is more than a /48 of IPv6: name your own"):
        server.allow_ssh_from(peer)


@pytest.mark.parametrize("cidr", ["::ffff:0:0/96", "::ffff:a00:0/111", "::/64"])
def test_ssh_from_much_of_ipv4_as_ipv6_spells_it_is_refused(server: StreamlitServer, cidr: str) -> None:
    with pytest.raises(
        ValueError, match=rf"^SSH was opened to {cidr}, which is more than a /16 of IPv4: name your own"
    ):
        server.allow_ssh_from(ec2.Peer.ipv6(cidr))


def test_ssh_from_the_world_is_refused(server: StreamlitServer) -> None:
    with pytest.raises(ValueError, match=r"^SSH was opened to 0\.0\.0\.0/0, .* or use Session Manager"):
        server.allow_ssh_from(ec2.Peer.any_ipv4())


def test_ssh_from_too_many_in_several_calls_is_refused(server: StreamlitServer) -> None:
    server.allow_ssh_from(ec2.Peer.ipv4("10.1.0.0/16"))

    message = r"^SSH was opened to 10\.2\.0\.1/32 \(with 10\.1\.0\.0/16 before it\), which is more than a /16 of IPv4"
    with pytest.raises(ValueError, match=message):
        server.allow_ssh_from(ec2.Peer.ipv4("10.2.0.1/32"))

    # What was refused is not open, and does not count.
    server.allow_ssh_from(ec2.Peer.ipv4("10.1.2.3/32"))
    assert [rule["CidrIp"] for rule in group(server)["SecurityGroupIngress"]] == ["10.1.0.0/16", "10.1.2.3/32"]


def test_ssh_from_many_small_networks_is_refused(server: StreamlitServer) -> None:
    for third in range(0, 256, 64):
        server.allow_ssh_from(ec2.Peer.ipv4(f"10.1.{third}.0/18"))

    with pytest.raises(ValueError, match=r"^SSH was opened to 192\.168\.0\.0/18 \(with .* before it\)"):
        server.allow_ssh_from(ec2.Peer.ipv4("192.168.0.0/18"))


@pytest.mark.parametrize("make_peer", [ec2.Peer.ipv4, ec2.Peer.ipv6])
def test_ssh_from_who_knows_where_is_refused(server: StreamlitServer, make_peer: Callable[[str], ec2.IPeer]) -> None:
    cidr = CfnParameter(Stack.of(server), "Cidr").value_as_string

    with pytest.raises(ValueError, match=r"SSH was opened to a CIDR that is unknown before the deploy.*'203\.0\.113"):
        server.allow_ssh_from(make_peer(cidr))


def test_page_may_open_to_a_cidr_known_only_at_the_deploy(server: StreamlitServer) -> None:
    server.allow_web_from(ec2.Peer.ipv4(CfnParameter(Stack.of(server), "Cidr").value_as_string))

    (rule,) = group(server)["SecurityGroupIngress"]
    assert rendered(rule["CidrIp"]) == "${Cidr}"


@pytest.mark.parametrize("door", [StreamlitServer.allow_web_from, StreamlitServer.allow_ssh_from])
def test_ipv6_is_refused_where_nobody_could_come_by_it(
    new_stack: Callable[[], Stack], app_folder: Path, door: Callable[[StreamlitServer, ec2.IPeer], None]
) -> None:
    server = StreamlitServer(new_stack(), "Server", app=app_folder, entry_file="app.py")
    with pytest.raises(ValueError, match=r"^2001:db8::/48 is IPv6, which the machine's own network has not, .*IPv4"):
        door(server, ec2.Peer.ipv6("2001:db8::/48"))
    assert "SecurityGroupIngress" not in group(server)
