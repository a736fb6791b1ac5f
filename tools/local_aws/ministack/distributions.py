"""CloudFront's distributions as MiniStack keeps them, and what it knows of how an edge reads one."""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import set_request_account_id
from ministack.services import cloudfront
from ministack.services.cloudformation import provisioners

from local_aws.ministack.resources import let_wait

RESOURCE_TYPE = "AWS::CloudFront::Distribution"
Record = dict[str, Any]
# One value a name, or several where it was sent several times; the names in small letters.
Headers = dict[str, Any]


class FunctionError(Exception):
    """A function that fails, which the edge answers for."""


def distributions() -> dict[str, tuple[str, Record]]:
    """Look at all distributions with their accounts, by domain name."""
    return {record["DomainName"]: (account, record) for (account, _), record in cloudfront._distributions._data.items()}


def hand_out_domain_names(ours: Callable[[], str]) -> None:
    """Decide what a new distribution is called."""
    cloudfront._new_distribution_domain = ours


def around_changes(before_update: Callable[[], None], after: Callable[[], None]) -> None:
    """Do something before a distribution is changed, and once one has been made, changed or removed."""

    def around(theirs: Any, *, update: bool = False) -> Any:
        def change(*given: Any, **named: Any) -> Any:
            if update:
                before_update()
            answer = theirs(*given, **named)
            after()
            return answer

        return change

    handlers = provisioners._RESOURCE_HANDLERS[RESOURCE_TYPE]
    for verb in ("create", "update", "delete"):
        handlers[verb] = around(handlers[verb], update=verb == "update")
        name = f"_{verb}_distribution"
        setattr(cloudfront, name, around(getattr(cloudfront, name)))
    # Both wait, for machines and for listeners.
    let_wait(RESOURCE_TYPE)


def act_for(account: str) -> None:
    """Let the running task see what is an account's: its functions, its policies."""
    set_request_account_id(account)


def settings(record: Record) -> Record:
    """Read a distribution's config as far as MiniStack's own edge uses it."""
    parsed: Record = cloudfront.parse_distribution_dataplane_config(record)
    return parsed


def element(record: Record) -> Any:
    """Open a distribution's config as the XML in which it is kept."""
    return cloudfront._dist_config_el(record)


def behavior_for(parsed: Record, path: str) -> Record:
    """Find the cache behavior for a path: the first whose pattern fits, or the default one."""
    found: Record = cloudfront._match_behavior(parsed, path)
    return found


def cache_policy(behavior: Record) -> Record:
    """Read a behavior's cache policy, AWS's own ones included."""
    known = behavior.get("cache_policy_id")
    policy = cloudfront._cache_policies.get(known) or cloudfront._MANAGED_CACHE_POLICIES.get(known)
    config: Record = policy["Config"] if policy else {}
    return config


def forwarding(behavior: Record) -> tuple[Callable[[str], bool], Callable[[str], bool], Callable[[str], bool]]:
    """Tell which headers, cookies and query strings a behavior sends to its origin."""
    allowed: Any = cloudfront._forwarding_predicates(behavior)
    header, cookie, query = allowed
    return header, cookie, query


def code_of(function: str) -> str:
    """Read a function's code as it is published."""
    return str((cloudfront.live_function_code(function) or b"").decode())


async def run_viewer_request(
    record: Record, function: str, method: str, path: str, query: Record, headers: Headers, address: str
) -> tuple[Record, Record]:
    """Run a function on a viewer's request, and give what it was told and what it answers."""
    id_ = cloudfront.new_uuid()
    event = cloudfront._build_function_event(
        "viewer-request", record["Id"], record["DomainName"], id_, method, path, query, headers, address
    )
    try:
        answer = await cloudfront._run_function(function, event)
    except cloudfront.CloudFrontFunctionError as error:
        raise FunctionError(str(error)) from error
    if not isinstance(answer, dict):
        raise FunctionError(f"it answers {answer!r}, neither a request nor a response")
    return event["request"], answer


def changed_headers(request: Record, answer: Record) -> Headers:
    """Read the headers that a function has left in a request, or given in a response."""
    merged: Headers = cloudfront._merge_function_headers(request.get("headers", {}), answer.get("headers", {}))
    cookies = answer.get("cookies") or {}
    if cookies:
        merged["cookie"] = "; ".join(f"{name}={one['value']}" for name, one in cookies.items())
    return merged


def body_of(answer: Record) -> bytes:
    """Read the body of a response that a function has made."""
    body: bytes = cloudfront._body_from_response_event(answer, b"")
    return body


def with_policy(behavior: Record, headers: Headers, origin: str, method: str) -> Headers:
    """Put the headers into a response that the behavior's response headers policy asks for."""
    policy = cloudfront.response_headers_policy_config(behavior.get("response_headers_policy_id"))
    applied: Headers = cloudfront._apply_response_headers_policy(headers, policy, origin, method)
    return applied


def marked(headers: Headers, cache: str) -> Headers:
    """Put CloudFront's own headers into a response."""
    added: Headers = cloudfront._add_cloudfront_headers(headers, cache, edge_server=False)
    return added


def error_page(status: int, words: str) -> tuple[int, Headers, bytes]:
    """Make CloudFront's own error page."""
    status, headers, body = cloudfront._cf_error_response(status, words, cloudfront._ERROR_X_CACHE)
    return status, headers, body


def gathered(pairs: Any) -> Headers:
    """Gather headers by name."""
    headers: Headers = cloudfront._multidict_from_pairs(pairs)
    return headers
