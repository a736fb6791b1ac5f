"""CloudFront before a page: what passes, what is kept, and what visitors see while nobody answers."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from data_compute.findings import acknowledge
from data_compute.page.stopped_page import StoppedPage

# The server's own, which CloudFront would show for ten seconds to whoever else asks for that path.
ERRORS = (404, 414, 500, 501, 503)


def define_distribution(
    scope: Construct,
    construct_id: str,
    *,
    comment: str,
    page: cloudfront.IOrigin,
    stopped: StoppedPage,
    nobody_answers: Sequence[int],
    kept: Sequence[str],
    doors: cloudfront.IFunction,
    domain_names: Sequence[str],
    certificate: acm.ICertificate | None,
) -> cloudfront.Distribution:
    """Define it. It speaks IPv4 alone, and asks the doors before each request.

    :param nobody_answers: with which errors visitors see the page for that.
    :param kept: of which paths it keeps the answers, and so tells them nobody's cookie.
    """
    ask = [
        cloudfront.FunctionAssociation(event_type=cloudfront.FunctionEventType.VIEWER_REQUEST, function=doors),
    ]
    to_https = cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
    distribution = cloudfront.Distribution(
        scope,
        construct_id,
        comment=comment,
        domain_names=list(domain_names) or None,
        certificate=certificate,
        # Of its own certificate, CloudFront decides.
        minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021 if certificate else None,
        enable_ipv6=False,
        default_behavior=cloudfront.BehaviorOptions(
            origin=page,
            viewer_protocol_policy=to_https,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            # The Host as well: Streamlit compares it with the origin of whoever opens a WebSocket.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER,
            function_associations=ask,
        ),
        additional_behaviors={
            **{
                path: cloudfront.BehaviorOptions(
                    origin=page,
                    viewer_protocol_policy=to_https,
                    cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                    function_associations=ask,
                )
                for path in kept
            },
            # CloudFront asks no function when it fetches this itself.
            stopped.path: cloudfront.BehaviorOptions(
                origin=stopped.origin,
                viewer_protocol_policy=to_https,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                function_associations=ask,
            ),
        },
        error_responses=[
            *(
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0))
                for status in ERRORS
                if status not in nobody_answers
            ),
            *(
                cloudfront.ErrorResponse(
                    http_status=status,
                    response_http_status=503,
                    response_page_path=stopped.path,
                    ttl=Duration.seconds(5),
                )
                for status in nobody_answers
            ),
        ],
    )
    _give_reasons(distribution)
    if not certificate:
        acknowledge(
            distribution,
            "CFR4",
            "CloudFront's own certificate also takes older versions of TLS, which no browser of today asks for; a "
            "domain with a certificate, which the construct takes, ends that.",
        )
    return distribution


def _give_reasons(distribution: cloudfront.Distribution) -> None:
    acknowledge(distribution, "CFR1", "Who may come is said by address, which is narrower than by country.")
    acknowledge(
        distribution,
        "CFR2",
        "The edge refuses every address that is not let in; a web application firewall costs half of what the machine "
        "does, and whoever needs one attaches it to the distribution.",
    )
    acknowledge(
        distribution,
        "CFR3",
        "Access logs take a bucket that grows and holds people's addresses; whoever needs them brings one.",
    )
    acknowledge(
        distribution,
        "CFR5",
        "The machine has no name that a certificate could be for, so the edge asks it by plain HTTP, over AWS's own "
        "network; the construct says so.",
    )
