"""Several machines behind a balancer: closed, sticky, and replaced one after the other."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.aws_autoscaling import Schedule
from constructs import IConstruct

from data_compute import HttpsFront, SignIn, StreamlitFleet
from data_compute.page.streamlit_machines import MachineArguments, StreamlitMachines
from ops.cloud.fleet_power import LIMIT_SECONDS
from tests.constructs.page.test_balanced import balanced
from tests.constructs.page.test_sign_in_parts import signing_in
from tests.templates import Json, machine_of, ours, properties, rendered, resources, statements, synthesized, user_data

GROUP, BALANCER = "AWS::AutoScaling::AutoScalingGroup", "AWS::ElasticLoadBalancingV2::LoadBalancer"
INGRESS = "AWS::EC2::SecurityGroupIngress"
Define = Callable[..., StreamlitFleet]


@pytest.fixture(scope="module")
def define_fleet(new_stack: Callable[[], Stack], app_folder: Path) -> Define:
    def define(**arguments: Any) -> StreamlitFleet:
        given: dict[str, Any] = {"app": app_folder, "entry_file": "app.py"} | arguments
        return StreamlitFleet(new_stack(), "Server", **given)

    return define


@pytest.fixture(scope="module")
def fleet(define_fleet: Define) -> StreamlitFleet:
    return define_fleet()


@pytest.fixture(scope="module")
def template(fleet: StreamlitFleet) -> Json:
    return synthesized(Stack.of(fleet))


def attributes(found: Json) -> dict[str, str]:
    [told] = [value for name, value in found.items() if name.endswith("Attributes")]
    return {each["Key"]: each["Value"] for each in told}


def test_a_machine_takes_requests_from_the_balancer_alone(template: Json) -> None:
    groups = resources(template, "AWS::EC2::SecurityGroup")
    assert [name for name, group in groups.items() if "SecurityGroupIngress" in group["Properties"]] == []
    rule, (balancer,) = properties(template, INGRESS), [name for name in groups if "Balancer" in name]
    assert rule["SourceSecurityGroupId"] == {"Fn::GetAtt": [balancer, "GroupId"]}
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 8501, 8501)


def test_the_balancer_asks_the_machines_and_nobody_else(template: Json) -> None:
    # A group without a list lets out to everywhere.
    [nowhere] = ours(template, "AWS::EC2::SecurityGroup", "ServerBalancer")["SecurityGroupEgress"]
    assert (nowhere["CidrIp"], nowhere["IpProtocol"]) == ("255.255.255.255/32", "icmp")
    rule = properties(template, "AWS::EC2::SecurityGroupEgress")
    [machines] = [name for name in resources(template, "AWS::EC2::SecurityGroup") if "Balancer" not in name]
    assert rule["DestinationSecurityGroupId"] == {"Fn::GetAtt": [machines, "GroupId"]}
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 8501, 8501)


def test_the_page_opens_at_the_balancer_and_ssh_at_the_machines(define_fleet: Define) -> None:
    fleet = define_fleet(port=9000)
    fleet.allow_web_from(ec2.Peer.ipv4("203.0.113.0/24"))
    fleet.allow_ssh_from(ec2.Peer.ipv4("203.0.113.7/32"))
    template = synthesized(Stack.of(fleet))
    [page] = ours(template, "AWS::EC2::SecurityGroup", "ServerBalancer")["SecurityGroupIngress"]
    [login] = ours(template, "AWS::EC2::SecurityGroup", "ServerSecurityGroup")["SecurityGroupIngress"]
    assert (page["CidrIp"], page["FromPort"]) == ("203.0.113.0/24", 9000)
    assert (login["CidrIp"], login["FromPort"]) == ("203.0.113.7/32", 22)
    listener = properties(template, "AWS::ElasticLoadBalancingV2::Listener")
    assert (listener["Port"], listener["Protocol"]) == (9000, "HTTP")
    assert rendered(Stack.of(fleet).resolve(fleet.url)).endswith(".DNSName}:9000")


def test_visitors_stay_with_a_machine_and_what_goes_is_drained(template: Json) -> None:
    targets = properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert attributes(targets) == {
        "deregistration_delay.timeout_seconds": "30",
        "stickiness.enabled": "true",
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": "86400",
    }
    assert (targets["HealthCheckPath"], targets["Matcher"]) == (balanced.HEALTH_PATH, {"HttpCode": "200"})


def test_how_soon_a_visitor_is_led_on_is_told_as_it_is(template: Json, root: Path) -> None:
    targets = properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert attributes(targets)["deregistration_delay.timeout_seconds"] == "30"
    assert targets["HealthCheckIntervalSeconds"] * targets["UnhealthyThresholdCount"] == 60
    for told in (str(StreamlitFleet.__doc__), (root / "docs/fleet.md").read_text()):
        assert re.search(r"is ended\b.* within half a minute, of one that fails in about a minute", told)


def test_the_balancer_takes_no_odd_headers_and_ends_no_connection_late(template: Json) -> None:
    told = attributes(properties(template, BALANCER))
    assert told["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert told["routing.http.desync_mitigation_mode"] == "defensive"
    assert told["routing.http.preserve_host_header.enabled"] == "true"
    assert 30 < int(told["idle_timeout.timeout_seconds"]) < balanced.KEEP_ALIVE_SECONDS


def test_a_new_version_rolls_one_after_the_other_and_each_must_signal(template: Json) -> None:
    [(name, group)] = resources(template, GROUP).items()
    [launch_template] = resources(template, "AWS::EC2::LaunchTemplate")
    latest = {"Fn::GetAtt": [launch_template, "LatestVersionNumber"]}
    assert group["Properties"]["LaunchTemplate"] == {"LaunchTemplateId": {"Ref": launch_template}, "Version": latest}
    assert (group["Properties"]["MinSize"], group["Properties"]["MaxSize"]) == ("2", "4")
    # What scaling has made of it, no deploy undoes.
    assert "DesiredCapacity" not in group["Properties"]
    assert group["CreationPolicy"] == {"ResourceSignal": {"Count": 2, "Timeout": "PT20M"}}
    rolling = group["UpdatePolicy"]["AutoScalingRollingUpdate"]
    suspended = set(rolling.pop("SuspendProcesses"))
    assert rolling == {
        "MaxBatchSize": 1,
        "MinInstancesInService": 2,
        "PauseTime": "PT20M",
        "WaitOnResourceSignals": True,
    }
    assert {"HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions"} <= suspended
    assert not {"Launch", "Terminate", "AddToLoadBalancer"} & suspended
    assert f"RESOURCE_ID='{name}'" in user_data(template).splitlines()


def test_a_machine_that_does_not_answer_is_replaced_and_one_that_boots_is_not(template: Json) -> None:
    group = properties(template, GROUP)
    assert (group["HealthCheckType"], group["HealthCheckGracePeriod"]) == ("ELB", 1200)
    # As long as a deploy waits for a machine, `ops start` does.
    assert group["HealthCheckGracePeriod"] == LIMIT_SECONDS
    assert group["TargetGroupARNs"] == [{"Ref": name} for name in resources(template, f"{BALANCER[:-12]}TargetGroup")]


def test_machines_stand_in_both_zones_and_have_a_name(template: Json) -> None:
    group = properties(template, GROUP)
    assert len(group["VPCZoneIdentifier"]) == 2
    assert {"Key": "Name", "PropagateAtLaunch": True, "Value": "Stack/Server/Group"} in group["Tags"]
    [interface] = machine_of(template)["NetworkInterfaces"]
    assert "SubnetId" not in interface


def test_they_share_a_secret_that_the_template_does_not_tell(template: Json) -> None:
    [secret] = resources(template, "AWS::SecretsManager::Secret")
    [reads] = [one for one in statements(template) if "secretsmanager:GetSecretValue" in one["Action"]]
    assert reads["Resource"] == {"Ref": secret}
    assert f"SHARED_SECRET='${{{secret}}}'" in user_data(template).splitlines()


def test_beyond_that_a_machine_may_only_ask_for_its_health(template: Json) -> None:
    assert sorted(one.get("Sid", "FetchAPart") for one in statements(template)) == [
        "BeReachedBySessionManager",
        "FetchAPart",
        "FetchTheApp",
        "KnowItsHealth",
        "ShareASecret",
        "WriteTheLog",
    ]


def test_busy_processors_and_a_season_call_for_more(define_fleet: Define) -> None:
    fleet = define_fleet()
    schedule = Schedule.cron(month="12", day="1", hour="6", minute="0")
    fleet.scale_on_schedule("Season", schedule=schedule, time_zone="Europe/Berlin", least=4, most=6)
    template = synthesized(Stack.of(fleet))
    tracked = properties(template, "AWS::AutoScaling::ScalingPolicy")["TargetTrackingConfiguration"]
    # One busy Python process takes half of two processors.
    assert tracked["TargetValue"] == 40
    # A metric that comes every five minutes would tell of it too late.
    assert machine_of(template)["Monitoring"] == {"Enabled": True}
    assert tracked["PredefinedMetricSpecification"] == {"PredefinedMetricType": "ASGAverageCPUUtilization"}
    season = properties(template, "AWS::AutoScaling::ScheduledAction")
    told = {name: season[name] for name in ("Recurrence", "TimeZone", "MinSize", "MaxSize")}
    assert told == {"Recurrence": "0 6 1 12 *", "TimeZone": "Europe/Berlin", "MinSize": 4, "MaxSize": 6}


def test_all_but_one_are_on_spot(define_fleet: Define) -> None:
    template = synthesized(Stack.of(define_fleet(spot=True, instance_type=ec2.InstanceType("m7g.large"))))
    group = properties(template, GROUP)
    assert group["CapacityRebalance"] is True
    assert group["MixedInstancesPolicy"]["InstancesDistribution"] == {
        "OnDemandAllocationStrategy": "prioritized",
        "OnDemandBaseCapacity": 1,
        "OnDemandPercentageAboveBaseCapacity": 0,
        "SpotAllocationStrategy": "price-capacity-optimized",
    }
    launched = group["MixedInstancesPolicy"]["LaunchTemplate"]
    assert "LatestVersionNumber" in str(launched["LaunchTemplateSpecification"]["Version"])
    types = [each["InstanceType"] for each in launched["Overrides"]]
    assert types[0] == "m7g.large"
    assert len(types) > 3


def test_it_goes_behind_a_front_and_a_sign_in_unchanged(define_fleet: Define) -> None:
    fleet = define_fleet()
    front = HttpsFront(Stack.of(fleet), "Front", server=fleet)
    SignIn(Stack.of(fleet), "SignIn", front=front)
    template = synthesized(Stack.of(fleet))
    [balancer] = resources(template, BALANCER)
    origin = properties(template, "AWS::CloudFront::Distribution")["DistributionConfig"]["Origins"][0]
    assert origin["DomainName"] == {"Fn::GetAtt": [balancer, "DNSName"]}
    # The edge leads people here only once the machines are there.
    [group] = resources(template, GROUP)
    [edge_of_all] = resources(template, "AWS::CloudFront::Distribution").values()
    assert group in edge_of_all["DependsOn"]
    answers = properties(template, "AWS::CloudFront::Distribution")["DistributionConfig"]["CustomErrorResponses"]
    # A balancer that has no machine to ask says 503 by itself.
    shown = [each["ErrorCode"] for each in answers if "ResponsePagePath" in each]
    assert shown == [502, 503, 504]
    # What the sign-in itself says where Cognito does not answer, people read, and its cookies are set.
    [passed] = [each for each in answers if each["ErrorCode"] == signing_in.TROUBLE]
    assert passed == {"ErrorCode": signing_in.TROUBLE, "ErrorCachingMinTTL": 0}
    assert len({each["ErrorCode"] for each in answers}) == len(answers)
    # Streamlit's files are the visitor's own machine's, as the page is.
    config = properties(template, "AWS::CloudFront::Distribution")["DistributionConfig"]
    assert [each["PathPattern"] for each in config["CacheBehaviors"]] == ["/_stopped"]
    edge = [rule["Properties"] for rule in resources(template, INGRESS).values()]
    [opened] = [rule["GroupId"] for rule in edge if "SourcePrefixListId" in rule]
    assert "Balancer" in opened["Fn::GetAtt"][0]
    with pytest.raises(ValueError, match="call its allow_web_from"):
        fleet.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))


def test_a_fleet_is_granted_what_a_machine_is(define_fleet: Define) -> None:
    fleet = define_fleet()
    assert "APP_USES_ROLE=no" in user_data(synthesized(Stack.of(fleet)))
    fleet = define_fleet()
    fleet.grant_principal.add_to_principal_policy(iam.PolicyStatement(actions=["s3:ListAllMyBuckets"], resources=["*"]))
    assert "APP_USES_ROLE=yes" in user_data(synthesized(Stack.of(fleet)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"least": 1}, r"least is 1 and most is 4: use 2 <= least < most <= 10"),
        ({"least": 3, "most": 3}, "a replacement is started before what it replaces goes"),
        ({"most": 11}, "most is 11"),
        ({"least": "2"}, "least is '2': pass a whole number"),
        ({"spot": True, "instance_type": ec2.InstanceType("p5.48xlarge")}, "nothing is known to stand in for p5.48xl"),
        ({"app_uses": True}, "app_uses"),
    ],
)
def test_what_cannot_be_is_refused(define_fleet: Define, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        define_fleet(**arguments)


def test_a_streamlit_before_uvicorn_is_refused(define_fleet: Define, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import streamlit\n")
    (tmp_path / "requirements.txt").write_text("streamlit==1.56.0\n")
    with pytest.raises(ValueError, match=r"has streamlit 1\.56\.0, which can't tell who comes by a balancer: let"):
        define_fleet(app=tmp_path)


def test_the_balancer_speaks_no_ipv6(fleet: StreamlitFleet) -> None:
    with pytest.raises(ValueError, match="2001:db8::7/128 is IPv6, which the balancer does not speak"):
        fleet.allow_web_from(ec2.Peer.ipv6("2001:db8::7/128"))


def test_a_season_has_room_for_a_replacement_too(fleet: StreamlitFleet) -> None:
    with pytest.raises(ValueError, match="least is 4 and most is 4"):
        fleet.scale_on_schedule("Odd", schedule=Schedule.cron(hour="6"), time_zone="Europe/Berlin", least=4, most=4)


def test_both_constructs_hand_on_every_word_that_there_is() -> None:
    taken = inspect.signature(StreamlitMachines.__init__).parameters
    own = {"self", "scope", "construct_id", "app", "entry_file"}
    assert MachineArguments.__annotations__.keys() == taken.keys() - own


def test_what_runs_the_app_is_noted_on_the_groups_own_resource(fleet: StreamlitFleet) -> None:
    """By whose logical id it is found."""
    resource = cast(IConstruct, fleet.group.node.default_child)
    assert "data-compute:source" in {entry.type for entry in resource.node.metadata}
