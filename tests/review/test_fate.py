"""What an update does to each resource, by AWS's schemas and through references, and what is lost with it."""

import pytest

from review.assembly import Assembly, Stack
from review.fact import Level
from tests.review.apps import app, apps, in_words, resource, told

QUEUE, TOPIC = "AWS::SQS::Queue", "AWS::SNS::Topic"
CUSTOM = "Custom::Thing"


def files(mode: str, **more: str) -> dict[str, object]:
    return resource("AWS::EFS::FileSystem", {"PerformanceMode": mode}, **more)


def test_what_cannot_change_in_place_is_replaced_and_its_content_lost() -> None:
    facts = told(app({"Files": files("generalPurpose")}), app({"Files": files("maxIO")}))

    assert in_words(facts) == {"STOP replaced:App/Files"}
    assert "because `PerformanceMode` changes. Lost: its files." in facts["replaced:App/Files"].sentence


def test_what_is_kept_is_not_lost() -> None:
    old, new = (files(mode, UpdateReplacePolicy="Retain") for mode in ("generalPurpose", "maxIO"))
    facts = told(app({"Files": old}), app({"Files": new}))

    assert in_words(facts) == {"look replaced:App/Files"}
    assert "The old one stays in the account" in facts["replaced:App/Files"].sentence


def test_what_only_one_side_keeps_counts_as_lost() -> None:
    facts = told(app({"Files": files("generalPurpose")}), app({"Files": files("maxIO", UpdateReplacePolicy="Retain")}))
    assert in_words(facts) == {"STOP replaced:App/Files"}


def test_a_property_that_changes_in_place_is_told_as_a_property_only() -> None:
    old, new = (resource(QUEUE, {"DelaySeconds": seconds}) for seconds in (1, 2))
    facts = told(app({"Jobs": old}), app({"Jobs": new}))
    assert [*facts] == ["property:App/Jobs:Properties/DelaySeconds"]


@pytest.mark.parametrize(
    "reference",
    [{"Ref": "Net"}, {"Fn::GetAtt": ["Net", "VpcId"]}, {"Fn::Sub": "${Net}"}, {"Fn::Join": ["", [{"Ref": "Net"}]]}],
)
def test_what_names_a_replaced_resource_where_it_cannot_change_is_replaced_too(reference: object) -> None:
    def network(cidr: str) -> dict[str, object]:
        return {
            "Net": resource("AWS::EC2::VPC", {"CidrBlock": cidr}),
            "Sub": resource("AWS::EC2::Subnet", {"VpcId": reference}),
            "File": resource("AWS::EFS::MountTarget", {"SubnetId": {"Ref": "Sub"}}),
            "Log": resource("AWS::EC2::FlowLog", {"Tags": [{"Key": "a", "Value": {"Ref": "Net"}}]}),
        }

    facts = told(app(network("10.0.0.0/16")), app(network("10.1.0.0/16")))

    assert in_words(facts) == {"look replaced:App/Net", "look replaced:App/Sub", "look replaced:App/File"}
    assert "because `SubnetId` changes, as `Sub` becomes another" in facts["replaced:App/File"].sentence
    # Why that one is another its own fact tells.
    assert facts["replaced:App/Sub"].sentence.endswith(", because `VpcId` changes, as `Net` becomes another.")


def test_a_launch_templates_new_version_replaces_the_machine_that_names_it() -> None:
    def machine(size: str) -> Assembly:
        version = {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}
        data = {"InstanceType": {"Ref": "Size"}, "UserData": {"Fn::Base64": size}, "SecurityGroupIds": [size]}
        return app(
            {
                "Template": resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data}),
                "Machine": resource("AWS::EC2::Instance", {"LaunchTemplate": {"Version": version}}),
            },
            Parameters={"Size": {"Type": "String", "Default": size}},
        )

    facts = told(machine("t3.small"), machine("t3.large"))
    assert "look replaced:App/Machine" in in_words(facts)
    # The template itself is told nowhere else.
    assert facts["replaced:App/Machine"].sentence.removeprefix("A new one is made and the old one deleted, ") == (
        "because `LaunchTemplate` changes, as `Template` becomes another by its "
        "`LaunchTemplateData/InstanceType`, `LaunchTemplateData/UserData`, `LaunchTemplateData/SecurityGroupIds`. "
        "Lost: what was written to its disk."
    )


def test_what_a_parameter_or_a_mapping_stands_for_counts() -> None:
    stack = {
        "Name": resource(TOPIC, {"FifoTopic": {"Ref": "Fifo"}}),
        "Map": resource(TOPIC, {"FifoTopic": {"Fn::FindInMap": ["M", "a", "b"]}}),
    }
    old, new = (
        app(
            stack,
            Parameters={"Fifo": {"Type": "String", "Default": said}},
            Mappings={"M": {"a": {"b": said, "c": said}}},
        )
        for said in ("true", "false")
    )
    assert in_words(told(old, new)) == {"look replaced:App/Name", "look replaced:App/Map"}


def test_a_stopped_machine_is_told_and_a_disk_may_replace_it() -> None:
    old, new = (resource("AWS::EC2::Instance", {"InstanceType": size}) for size in ("t3.small", "t3.large"))
    assert in_words(told(app({"M": old}), app({"M": new}))) == {"look interrupted:App/M", "look address:App/M"}

    old, new = (resource("AWS::EC2::Instance", {"BlockDeviceMappings": [{"DeviceName": name}]}) for name in "ab")
    assert in_words(told(app({"M": old}), app({"M": new}))) == {"look perhaps-replaced:App/M"}


def test_what_aws_may_replace_stops_where_something_is_lost_with_it() -> None:
    def table(key: str) -> dict[str, object]:
        return resource("AWS::DynamoDB::Table", {"KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]})

    facts = told(app({"Items": table("id")}), app({"Items": table("name")}))

    assert in_words(facts) == {"STOP perhaps-replaced:App/Items"}
    assert "Would be lost: its items." in facts["perhaps-replaced:App/Items"].sentence


def test_a_custom_resource_and_what_hangs_on_it_may_be_replaced() -> None:
    def custom(said: str) -> dict[str, object]:
        return {
            "Thing": resource(CUSTOM, {"ServiceToken": "arn", "Said": said}),
            "Jobs": resource(QUEUE, {"QueueName": {"Ref": "Thing"}}),
        }

    facts = told(app(custom("a")), app(custom("b")))

    assert in_words(facts) == {"look perhaps-replaced:App/Thing", "look perhaps-replaced:App/Jobs"}
    assert "Would be lost: its messages and URL." in facts["perhaps-replaced:App/Jobs"].sentence


def test_what_goes_is_deleted_or_kept_and_what_comes_is_created() -> None:
    old = {
        "A": files("generalPurpose"),
        "B": files("generalPurpose", DeletionPolicy="Retain"),
        "C": resource(TOPIC),
        "D": resource("AWS::RDS::DBCluster"),
    }
    facts = told(app(old), app({"New": resource(QUEUE)}))

    assert in_words(facts) == {
        "STOP deleted:App/A",
        "look kept:App/B",
        "look deleted:App/C",
        "look deleted:App/D",
        "note created:App/New",
    }
    assert facts["deleted:App/A"].sentence == "It is no longer in the app. Lost: its files."
    assert "snapshot" in facts["deleted:App/D"].sentence


@pytest.mark.parametrize(
    ("resource_type", "emptied", "content"),
    [
        ("AWS::S3::Bucket", {"Tags": [{"Key": "aws-cdk:auto-delete-objects", "Value": "true"}]}, "its objects"),
        ("AWS::ECR::Repository", {"Tags": [{"Key": "aws-cdk:auto-delete-images", "Value": "true"}]}, "its images"),
        ("AWS::ECR::Repository", {"EmptyOnDelete": True}, "its images"),
    ],
)
def test_what_is_full_is_lost_only_where_something_empties_it(
    resource_type: str, emptied: dict[str, object], content: str
) -> None:
    stays, goes = (told(app({"It": resource(resource_type, said)}), app())["deleted:App/It"] for said in ({}, emptied))
    assert (goes.level, goes.sentence) == (Level.STOP, f"It is no longer in the app. Lost: {content}.")
    full = f"AWS deletes it only if it is empty: else it stays with {content}, and is nobody's."
    assert (stays.level, stays.sentence) == (Level.LOOK, f"It is no longer in the app. {full}")


def test_a_database_that_is_replaced_leaves_no_snapshot_unless_it_is_told_to() -> None:
    old, new = (resource("AWS::RDS::DBInstance", {"StorageEncrypted": said}) for said in (False, True))
    assert in_words(told(app({"D": old}), app({"D": new}))) == {"STOP replaced:App/D"}
    old, new = ({**one, "UpdateReplacePolicy": "Snapshot"} for one in (old, new))
    assert in_words(told(app({"D": old}), app({"D": new}))) == {"look replaced:App/D"}


def at_path(path: str, made: dict[str, object]) -> dict[str, object]:
    return {**made, "Metadata": {"aws:cdk:path": f"App/{path}/Resource"}}


def test_a_renamed_construct_is_recognised_with_what_stands_in_it() -> None:
    def server(name: str) -> dict[str, object]:
        net = {
            "VpcId": {"Ref": f"{name}Net"},
            "GroupDescription": "x",
            "Tags": [{"Key": "Name", "Value": f"App/{name}"}],
        }
        return {
            f"{name}Net": at_path(f"{name}/Net", resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})),
            f"{name}Group": at_path(f"{name}/Group", resource("AWS::EC2::SecurityGroup", net)),
            f"{name}Files": at_path(f"{name}/Files", files("generalPurpose")),
        }

    facts = told(app(server("Server")), app(server("Web")))

    assert in_words(facts) == {"look moved:App/Web/Net", "look moved:App/Web/Group", "STOP moved:App/Web/Files"}
    assert facts["moved:App/Web/Files"].sentence == (
        "`App/Server` is now `App/Web`: CloudFormation knows no renaming, makes a second one and deletes the first. "
        "Lost: its files."
    )


def test_a_new_logical_id_of_the_same_construct_is_recognised_and_of_a_version_no_news() -> None:
    def version(digest: str) -> dict[str, object]:
        return {digest: at_path("Function/Version", resource("AWS::Lambda::Version", {"Description": digest}))}

    facts = told(app(version("V1")), app(version("V2")))

    assert in_words(facts) == {"note moved:App/Function/Version"}
    assert "Its logical id is another" in facts["moved:App/Function/Version"].sentence


def test_what_moves_to_another_stack_is_recognised() -> None:
    facts = told(
        apps(A={"Resources": {"Files": files("generalPurpose")}}, B={}),
        apps(A={}, B={"Resources": {"Files": files("generalPurpose")}}),
    )
    assert in_words(facts) == {"STOP moved:B/Files"}


def test_a_condition_that_changes_may_take_a_resource_along() -> None:
    old, new = (
        app(
            {"Files": files("generalPurpose", Condition="Wanted")}, Conditions={"Wanted": {"Fn::Equals": [said, "yes"]}}
        )
        for said in ("yes", "no")
    )
    assert "look perhaps-there:App/Files" in in_words(told(old, new))


def test_stacks_come_and_stay_behind() -> None:
    facts = told(
        apps(A={"Resources": {"Files": files("generalPurpose")}}), apps(B={"Resources": {"Jobs": resource(QUEUE)}})
    )

    assert in_words(facts) == {"look stack-left:A", "note stack-created:B", "note created:B/Jobs"}
    assert "resources that stay, with what they cost: 1." in facts["stack-left:A"].sentence


def test_a_change_within_a_nested_stack_reaches_out_of_it() -> None:
    def nested(key: str) -> dict[str, object]:
        return {
            "Resources": {"Net": resource("AWS::EC2::VPC", {"CidrBlock": key})},
            "Outputs": {"Id": {"Value": {"Ref": "Net"}}},
        }

    def outer(cidr: str) -> Assembly:
        assembly = app(
            {
                "Inner": resource("AWS::CloudFormation::Stack", {"TemplateURL": cidr}),
                "Sub": resource("AWS::EC2::Subnet", {"VpcId": {"Fn::GetAtt": ["Inner", "Outputs.Id"]}}),
            }
        )
        inner = Stack("App", nested(cidr), nested_as=assembly.stacks[0].resources["Inner"])
        return Assembly(assembly.folder, [*assembly.stacks, inner])

    facts = told(outer("10.0.0.0/16"), outer("10.1.0.0/16"))
    assert in_words(facts) == {"look replaced:App/Inner/Net", "look replaced:App/Sub"}
