"""The app may act as the machine's role only where somebody meant it to."""

from collections.abc import Callable

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from data_compute import StreamlitServer
from tests.constructs.servers import DefineServer
from tests.templates import synthesized, user_data


def app_uses_role(server: StreamlitServer) -> bool:
    lines = user_data(synthesized(Stack.of(server))).splitlines()
    (word,) = [line for line in lines if line.startswith("APP_USES_ROLE=")]
    return {"APP_USES_ROLE=yes": True, "APP_USES_ROLE=no": False}[word]


def test_not_by_default(default_server: StreamlitServer) -> None:
    assert not app_uses_role(default_server)


def test_a_grant_that_comes_after_the_server_counts(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    server = define(stack)
    s3.Bucket(stack, "Bucket").grant_read(server)

    assert app_uses_role(server)


def test_open_doors_are_no_grant(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    server = define(stack)
    server.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))
    database = ec2.SecurityGroup(stack, "Database", vpc=server.vpc)
    database.connections.allow_from(server, ec2.Port.POSTGRES, "the app")

    assert not app_uses_role(server)


def test_the_caller_may_say_so(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    role = iam.Role.from_role_name(stack, "Role", "of-many-rights")

    assert app_uses_role(define(stack, role=role, app_uses_role=True))


def test_a_role_of_the_callers_own_says_nothing(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()

    assert not app_uses_role(define(stack, role=iam.Role.from_role_name(stack, "Role", "of-many-rights")))
