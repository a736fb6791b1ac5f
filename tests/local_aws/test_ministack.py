"""Fails, and says what moved, when a new MiniStack changes what the extensions lean on."""

import inspect
from importlib.metadata import version
from typing import Any

import pytest
from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, responses
from ministack.services import (
    alb,
    apigateway,
    apigateway_v1,
    autoscaling,
    cloudformation,
    cloudfront,
    cloudwatch_logs,
    cognito,
    ec2,
    eventbridge,
    lambda_svc,
    scheduler,
    secretsmanager,
    ssm,
    sts,
)
from ministack.services.cloudformation import changesets, handlers, provisioners, stacks, wait_conditions

from local_aws.ministack.rights import BY_IDENTITY

MINISTACK = f"MiniStack {version('ministack')}"

# Each with the parameters that we pass or receive.
FUNCTIONS = [
    (provisioners, "_cfn_wait_condition_definition", ["stack_name", "logical_id"]),
    (provisioners, "_cr_stack_id", ["stack_name"]),
    (provisioners, "_replacing_change", ["resource_type", "old_props", "new_props"]),
    (stacks, "_replacing_change", ["resource_type", "old_props", "new_props"]),
    (provisioners, "_property_recreation", ["resource_type", "name"]),
    (stacks, "_property_recreation", ["resource_type", "name"]),
    (stacks, "_runs_on_worker_thread", ["resource_type"]),
    (stacks, "_evaluate_conditions", ["template", "params"]),
    (
        stacks,
        "_resolve_stack_outputs",
        ["outputs_defs", "conditions", "resources", "param_values", "mappings", "stack_name", "stack_id"],
    ),
    (handlers, "_imported_export_names", ["stack", "stack_name"]),
    (wait_conditions, "validate_count", ["value", "logical_id"]),
    (wait_conditions, "validate_resource_signal_timeout", ["value", "logical_id"]),
    (
        wait_conditions,
        "wait_for",
        ["token", "stack_id", "stack_name", "logical_id", "resource_type", "count", "timeout_s"],
    ),
    (scheduler, "_tick_schedules", []),
    (autoscaling, "_scheduled_action_record", ["asg_name", "action_name", "arn", "fields"]),
    (eventbridge, "_parse_cron_fields", ["expr"]),
    (eventbridge, "_cron_next_fire", ["fields", "after_dt"]),
    (app, "_handle_cognito_body_request", ["method", "path", "headers", "body", "query_params"]),
    (cognito, "_authenticate_client", ["headers", "form"]),
    (cognito, "_find_pool_by_client_id", ["client_id"]),
    (cognito, "_oauth2_error", ["error", "description", "status"]),
    (cognito, "_revoke_token", ["data"]),
    (
        cognito,
        "_issue_auth_code_redirect",
        [
            *("client_id", "pool_id", "redirect_uri", "scope", "username", "nonce"),
            *("code_challenge", "code_challenge_method", "state"),
        ],
    ),
    (cognito, "handle_login_submit", ["method", "path", "headers", "body", "query_params"]),
    (cognito, "_associate_software_token", ["data"]),
    (cognito, "_totp_matches", ["secret_b32", "user_code"]),
    (cognito, "_page_shell", ["title", "heading", "body_html"]),
    (cognito, "_get_pool_unscoped", ["pool_id"]),
    (cognito, "_sign_up", ["data"]),
    (cognito, "_confirm_sign_up", ["data"]),
    (cognito, "_pool_for_client", ["cid"]),
    (cognito, "_resolve_user", ["pool", "username"]),
    (cognito, "_merge_attributes", ["existing", "updates"]),
    (provisioners, "_cognito_user_pool_client_create", ["logical_id", "props", "stack_name"]),
    (
        provisioners,
        "_cognito_user_pool_client_update",
        ["physical_id", "old_props", "new_props", "stack_name", "logical_id"],
    ),
    (
        iam_actions,
        "access_denied_response",
        [
            *("service", "action", "principal_arn", "request_id", "error_code", "message", "headers", "resource_arn"),
            *("explicit_deny", "resource_policy_arn"),
        ],
    ),
    (iam_actions, "identity_denial_message", ["action", "principal_arn", "resource", "explicit_deny"]),
    (iam_evaluator, "_resolve_managed_policy_document", ["policy_arn", "account_id"]),
    (iam_evaluator, "_first_match", ["ctx", "stmts", "effect"]),
    (ec2, "handle_request", ["method", "path", "headers", "body", "query_params"]),
    (ec2, "_random_ip", ["prefix"]),
    (ec2, "_error", ["code", "message", "status"]),
    (ec2, "_xml", ["status", "root_tag", "inner"]),
    (ec2, "_parse_lt_data", ["params", "prefix"]),
    (ec2, "_ensure_defaults_initialized", []),
    (ec2, "_init_defaults", []),
    (
        ec2,
        "_stub_image_view",
        ["ami_id", "name", "desc", "platform", "root_device", "owner_id", "owner_alias"],
    ),
    (responses, "get_account_id", []),
    (lambda_runtime, "_detect_runtime_binary", ["runtime"]),
    (lambda_runtime, "_signal", ["proc"]),
    (lambda_runtime, "_account_region_from_function_config", ["config"]),
    (lambda_runtime, "invalidate_worker", ["func_name", "qualifier", "account", "region"]),
    (lambda_svc, "_execute_function_warm", ["func", "event", "request_id"]),
    (lambda_svc, "_probe_peak_memory_mb", ["func"]),
    (apigateway, "_match_route", ["api_id", "method", "path"]),
    (cloudwatch_logs, "_create_log_stream", ["data"]),
    (cloudwatch_logs, "_put_log_events", ["data"]),
    (alb, "_match_condition", ["cond", "method", "path", "headers", "query_params"]),
    (
        alb,
        "_execute_action",
        ["action", "method", "path", "headers", "body", "query_params", "raw_query_string", "raw_path"],
    ),
    (alb, "_target_headers", ["lb_arn", "listener", "headers", "client_ip"]),
    (alb, "_target_host_header", ["host", "listener_port"]),
    (autoscaling, "_reconcile_instances", ["asg"]),
    (autoscaling, "_instance_member_xml", ["inst", "include_group_name"]),
    (autoscaling, "_xml", ["status", "root_tag", "inner"]),
    (autoscaling, "_error", ["code", "message", "status"]),
    (provisioners, "_asg_fields", ["props"]),
    (stacks, "_sends_back_failed_update", ["resource_type"]),
    (wait_conditions, "signal_resource", ["stack_id", "logical_id", "unique_id", "status"]),
    (ec2, "_instance_xml", ["inst"]),
    (ec2, "instance_is_managed", ["instance_id"]),
    (ec2, "exec_in_instance_blocking", ["instance_id", "argv"]),
    (app, "pin_request_origin", ["source_ip", "secure_transport"]),
    (
        iam_actions,
        "extract_resource_arn",
        ["service", "method", "path", "headers", "body", "query_params", "region", "account_id"],
    ),
    (iam_evaluator, "enforce", ["access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"]),
    (iam_evaluator, "resolve_credential", ["access_key_id", "account_id", "session_token"]),
    (iam_evaluator, "evaluate", ["ctx", "policies", "limits"]),
    (iam_evaluator, "evaluate_resource_policy", ["doc", "ctx", "service", "named_only", "direct_only"]),
    (iam_evaluator, "caller_arn", []),
    (iam_evaluator, "_gather_role_policies", ["role_name", "account_id"]),
    (iam_evaluator, "_action_matches", ["request_action", "actions", "not_actions"]),
    (sts, "register_session", ["access_key", "session"]),
    (lambda_svc, "_emit_lambda_logs", ["func", "request_id", "log_text", "error", "duration_ms", "log_source"]),
    (lambda_svc, "_get_func_record_for_ref_in_scope", ["function_ref", "account_id", "region"]),
    (
        apigateway,
        "_invoke_lambda_proxy",
        [
            "integration",
            "api_id",
            "stage",
            "path",
            "method",
            "headers",
            "body",
            "query_params",
            "route_key",
            "path_params",
            "authorizer_claims",
            "authorizer_scopes",
            "authorizer_lambda_context",
            "authorizer_iam",
            "owner_account_id",
            "owner_region",
            "raw_query_string",
        ],
    ),
    (lambda_svc, "lambda_execute_result_to_api_proxy_response", ["exec_result"]),
    (apigateway, "_extract_lambda_ref_from_integration_uri", ["uri"]),
    (cloudformation, "handle_request", ["method", "path", "headers", "body", "query_params"]),
    (handlers, "_resolve_stack", ["stack_name"]),
    (provisioners, "_provision_resource", ["resource_type", "logical_id", "props", "stack_name"]),
    (
        provisioners,
        "_update_resource",
        ["resource_type", "physical_id", "old_props", "new_props", "stack_name", "logical_id", "old_attrs"],
    ),
    (provisioners, "_delete_resource", ["resource_type", "physical_id", "props", "stack_name", "logical_id"]),
    (
        stacks,
        "_validation_errors",
        [
            "resources_defs",
            "ordered",
            "param_values",
            "conditions",
            "mappings",
            "stack_name",
            "stack_id",
            "owned_buckets",
        ],
    ),
    (cloudfront, "_new_distribution_domain", []),
    (cloudfront, "_create_distribution", ["headers", "body"]),
    (cloudfront, "_update_distribution", ["dist_id", "headers", "body"]),
    (cloudfront, "_delete_distribution", ["dist_id", "headers"]),
    (cloudfront, "parse_distribution_dataplane_config", ["dist"]),
    (cloudfront, "_dist_config_el", ["dist"]),
    (cloudfront, "_match_behavior", ["parsed", "path"]),
    (cloudfront, "_forwarding_predicates", ["behavior"]),
    (cloudfront, "live_function_code", ["function_arn"]),
    (
        cloudfront,
        "_build_function_event",
        ["event_type", "dist_id", "dist_domain", "request_id", "method", "uri", "query_params", "headers", "client_ip"],
    ),
    (cloudfront, "_run_function", ["function_arn", "event"]),
    (cloudfront, "_merge_function_headers", ["original_headers_obj", "returned_headers_obj"]),
    (cloudfront, "_body_from_response_event", ["response", "fallback"]),
    (cloudfront, "response_headers_policy_config", ["policy_id"]),
    (cloudfront, "_apply_response_headers_policy", ["headers", "policy_cfg", "viewer_origin", "method"]),
    (cloudfront, "_add_cloudfront_headers", ["headers", "x_cache", "request_id", "edge_server"]),
    (cloudfront, "_cf_error_response", ["status", "explanation", "x_cache"]),
    (cloudfront, "_multidict_from_pairs", ["pairs"]),
    (secretsmanager, "_get_random_password", ["data"]),
    (apigateway_v1, "_invoke_mock_v1", ["integration"]),
    (provisioners, "_sm_secret_string", ["props"]),
    (provisioners, "_sm_secret_create", ["logical_id", "props", "stack_name"]),
    (provisioners, "_sm_secret_update", ["physical_id", "old_props", "new_props", "stack_name", "logical_id"]),
    (provisioners, "_sm_secret_delete", ["physical_id", "props"]),
    (provisioners, "_cf_distribution_create", ["logical_id", "props", "stack_name"]),
    (provisioners, "_cf_distribution_update", ["physical_id", "old_props", "new_props", "stack_name", "logical_id"]),
    (provisioners, "_cf_distribution_delete", ["physical_id", "props"]),
    (responses, "set_request_account_id", ["access_key_id"]),
    (stacks, "_operation_event", ["stack_id", "operation_id", "event_type", "operation_type", "fields"]),
]
STORES = [
    (scheduler, "_schedules"),
    (ec2, "_instances"),
    (ec2, "_volumes"),
    (ec2, "_addresses"),
    (ec2, "_tags"),
    (ec2, "_key_pairs"),
    (ec2, "_launch_templates"),
    (ec2, "_subnets"),
    (ec2, "_security_groups"),
    (cloudformation, "_exports"),
    (apigateway, "_apis"),
    (apigateway, "_stages"),
    (alb, "_lbs"),
    (alb, "_tgs"),
    (alb, "_listeners"),
    (alb, "_rules"),
    (autoscaling, "_asgs"),
    (autoscaling, "_policies"),
    (autoscaling, "_scheduled_actions"),
    (autoscaling, "_tags"),
]
SOURCES = [
    # What we put in their place is looked up when it is used.
    (scheduler._ticker_loop, "time.sleep(_SCHEDULE_TICK_INTERVAL)"),
    (autoscaling._put_scheduled_action, "_scheduled_action_record("),
    # Our waiting resource is signalled because SignalResource asks the same store as wait conditions do.
    (handlers._signal_resource, "_wc.signal_resource("),
    (wait_conditions.signal_resource, "_waiting.get((stack_id, logical_id))"),
    # A machine that says how it is has no key.
    (iam_evaluator._served_unsigned, "iam_action in _UNSIGNED_LINK_ACTIONS"),
    # Where a denial names what denies.
    (iam_actions.identity_denial_message, BY_IDENTITY),
    (iam_actions.access_denied_response, BY_IDENTITY),
    # Our handlers are found in the table, the wrapped functions by name at the time of a call.
    (provisioners._provision_resource, "_RESOURCE_HANDLERS.get(resource_type)"),
    (provisioners._update_resource, "_replacing_change("),
    (provisioners._with_stack_tags, "_STACK_TAG_PROPERTY.get(resource_type)"),
    (stacks._deploy_stack_async, "_runs_on_worker_thread("),
    # Both ask by name whether a change makes a new resource.
    (stacks._deploy_stack_async, "_replacing_change("),
    (provisioners._replacing_change, '_property_recreation(resource_type, name) == "Always"'),
    (stacks._diff_resources, "_property_recreation(rtype, name)"),
    (stacks._reference_details, "_property_recreation(rtype, name)"),
    # An update's exports are told here, the last step that can fail, and none is taken away.
    (stacks._deploy_stack_async, "resolved_outputs, new_exports = _resolve_stack_outputs("),
    (stacks._deploy_stack_async, "_exports.update(new_exports)"),
    # Calls are found in the table, and a change set without changes says so in these words.
    (cloudformation.handle_request, "_ACTION_HANDLERS.get(action)"),
    (changesets._create_change_set, "The submitted information didn't contain changes."),
    # RunInstances takes these, and neither a launch template nor an interface.
    (ec2._run_instances, '_p(p, "SubnetId")'),
    (ec2._run_instances, '_parse_member_list(p, "SecurityGroupId")'),
    (ec2._run_instances, '_p(p, "IamInstanceProfile.Arn")'),
    (ec2._run_instances, 'f"TagSpecification.{i}.Tag.{j}.Key"'),
    (ec2._describe_images, "_stub_image_view("),
    (ec2._describe_images, "<imageId>{view['ImageId']}</imageId>\n            <imageLocation>"),
    (ec2._allocate_address, '_random_ip("52.")'),
    (ec2._launch_instances_internal, '_random_ip("54.")'),
    (ssm._public_parameter, "_PUBLIC_AMI_PARAMETERS.get(name)"),
    (app._get_module, "ministack.services."),
    # A function's process is started by what we change, and a call ends on the thread that asks for its memory.
    (lambda_runtime.Worker._spawn, "_detect_runtime_binary(runtime)"),
    (lambda_runtime.Worker.invoke, "_signal(proc)"),
    (lambda_svc._execute_function_dispatch, "_execute_function_warm(func, event, request_id)"),
    (lambda_svc._emit_lambda_logs, "_probe_peak_memory_mb(func)"),
    # Each request to an HTTP API passes here with its first four arguments in this order; CORS is found by these names.
    (apigateway.handle_execute, "_handle_execute_in_scope(\n            api_id, stage, path, method,"),
    (apigateway._cors_response_headers, 'cors_cfg.get("allowOrigins"'),
    (provisioners._apigw_v2_stage_props, '"accessLogSettings"'),
    # A new distribution's name, a REST API's mock and a secret's value come from what we put in their places.
    (provisioners._cf_distribution_create, "_cf._new_distribution_domain()"),
    (cloudfront._create_distribution, "_new_distribution_domain()"),
    (provisioners._sm_secret_create, "_sm_secret_string(props)"),
    (provisioners._sm_secret_update, "_sm_secret_string(new_props)"),
    # What an HTTP API answers for a function is made here.
    (apigateway._invoke_lambda_proxy, "lambda_svc.lambda_execute_result_to_api_proxy_response(result)"),
    # Of groups, balancers and commands, all passes through what we put in their places.
    (autoscaling._set_desired_capacity, "_reconcile_instances(asg)"),
    (autoscaling._describe_asgs, "<AutoScalingGroupName>{name}</AutoScalingGroupName>"),
    (autoscaling._instances_xml, "_instance_member_xml(i)"),
    (provisioners._asg_create, "_asg_fields(props)"),
    (provisioners._asg_update, "_asg_fields(new_props)"),
    (stacks._roll_back_operation, "_sends_back_failed_update(rtype)"),
    (ssm._managed_instance_ids, "ec2_svc.instance_is_managed(instance_id)"),
    (ssm._finish_invocation, "ec2_svc.exec_in_instance_blocking(instance_id, argv)"),
    # HTTP APIs are reachable by path.
    (app._parse_execute_api_url, '"/_aws/execute-api/"'),
]


@pytest.mark.parametrize(("module", "name", "parameters"), FUNCTIONS, ids=[name for _, name, _ in FUNCTIONS])
def test_a_function_takes_what_we_give(module: Any, name: str, parameters: list[str]) -> None:
    function = getattr(module, name, None)
    assert function, f"{MINISTACK} has no {module.__name__}.{name}: see tools/local_aws/ministack"
    assert list(inspect.signature(function).parameters) == parameters, f"{MINISTACK}: {name}"


@pytest.mark.parametrize("name", ["_targets", "_tags", "_tg_attrs", "_lb_attrs"])
def test_what_a_load_balancer_has_beside_is_kept_by_account(name: str) -> None:
    assert isinstance(getattr(alb, name), responses.AccountScopedDict), f"{MINISTACK}: alb.{name}"


@pytest.mark.parametrize(("module", "name"), STORES, ids=[name for _, name in STORES])
def test_a_store_is_kept_by_account_and_region(module: Any, name: str) -> None:
    store = getattr(module, name, None)
    assert isinstance(store, responses.AccountRegionScopedDict), f"{MINISTACK}: {module.__name__}.{name} is {store!r}"
    assert callable(store.all_items)
    assert callable(store.get_scoped)
    assert callable(store.pop_scoped)


def test_distributions_and_policies_are_kept_by_account() -> None:
    for store in (cloudfront._distributions, cloudfront._cache_policies):
        assert isinstance(store, responses.AccountScopedDict), MINISTACK
        assert store._data == {}, MINISTACK
    assert all("Config" in policy for policy in cloudfront._MANAGED_CACHE_POLICIES.values()), MINISTACK


@pytest.mark.parametrize(
    ("function", "holds"),
    SOURCES,
    ids=[function.__name__ for function, _ in SOURCES],
)
def test_a_function_works_the_way_we_lean_on(function: Any, holds: str) -> None:
    assert holds in inspect.getsource(function), f"{MINISTACK}: {function.__name__} no longer uses {holds}"


def test_the_tables_have_the_form_we_add_to() -> None:
    table = provisioners._RESOURCE_HANDLERS["AWS::EC2::SecurityGroup"]
    assert {"create", "update", "delete"} <= set(table), MINISTACK
    assert list(inspect.signature(table["create"]).parameters)[:3] == ["logical_id", "props", "stack_name"]
    assert provisioners._STACK_TAG_PROPERTY["AWS::EC2::VPC"] == ("Tags", "list"), MINISTACK
    assert all(len(image) == 7 for image in ec2._STUB_AMIS), MINISTACK
    assert all(isinstance(value, str) for value in ssm._PUBLIC_AMI_PARAMETERS.values()), MINISTACK


def test_records_have_the_fields_we_read_and_write() -> None:
    launched = ec2._launch_instances_internal("ami-1", "t4g.small", "subnet-1", 1)[0]
    for field in (
        "Architecture",
        "ImageId",
        "InstanceType",
        "Placement",
        "PrivateDnsName",
        "PrivateIpAddress",
        "PublicDnsName",
        "PublicIpAddress",
        "RootDeviceName",
        "State",
        "UserData",
        "VpcId",
    ):
        assert field in launched, f"{MINISTACK}: an instance has no {field}"
    ec2._instances.pop(launched["InstanceId"])


def test_launch_templates_have_the_form_we_read() -> None:
    asked = {
        "Asked.NetworkInterface.1.DeviceIndex": ["0"],
        "Asked.NetworkInterface.1.SubnetId": ["subnet-1"],
        "Asked.NetworkInterface.1.SecurityGroupId.1": ["sg-1"],
        "Asked.BlockDeviceMapping.1.DeviceName": ["/dev/xvda"],
        "Asked.BlockDeviceMapping.1.Ebs.VolumeSize": ["12"],
    }
    assert ec2._parse_lt_data(asked, "Asked") == {
        "NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": "subnet-1", "Groups": ["sg-1"]}],
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 12}}],
    }, MINISTACK
    handlers_of = provisioners._RESOURCE_HANDLERS["AWS::EC2::LaunchTemplate"]
    template_id, _ = handlers_of["create"]("Template", {"LaunchTemplateData": {"KeyName": "key"}}, "stack")
    kept = ec2._launch_templates.pop(template_id)
    assert {"LaunchTemplateId", "LaunchTemplateName", "DefaultVersionNumber", "LatestVersionNumber"} <= set(kept)
    [version] = kept["Versions"]
    assert (version["VersionNumber"], version["LaunchTemplateData"]) == (1, {"KeyName": "key"}), MINISTACK


def test_ministack_itself_has_not_learned_our_resources() -> None:
    """Once it has, ours may go."""
    source = inspect.getsource(provisioners)
    ours = ("Instance", "KeyPair", "EIP", "EIPAssociation", "SecurityGroupIngress", "SecurityGroupEgress")
    for resource in (*(f"AWS::EC2::{name}" for name in ours), "AWS::Cognito::ManagedLoginBranding"):
        assert f'"{resource}": {{' not in source, f"{MINISTACK} has {resource} itself: remove ours"
