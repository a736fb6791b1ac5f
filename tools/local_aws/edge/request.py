"""What an edge does with a viewer's request before it gets anything from an origin."""

import ipaddress
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from local_aws.edge.config import Config
from local_aws.ministack import distributions
from local_aws.ministack.distributions import FunctionError, Headers, Record

# Where whoever chooses no address comes from.
PERSON = "127.0.0.1"
NETWORK = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}\b")
REFUSED_HOST = "Bad request. We can't connect to the server for this app or website at this time."
REFUSED_METHOD = (
    "This distribution is not configured to allow the HTTP request method that was used for this request. "
    "The distribution supports only cachable requests."
)


@dataclass(frozen=True)
class Asked:
    """A viewer's request."""

    method: str
    # As it was sent.
    path: str
    query: str
    headers: Headers
    address: str
    secure: bool = True

    @property
    def target(self) -> str:
        """The path with its query."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True)
class Reply:
    """An answer of the edge's own."""

    status: int
    headers: Headers
    body: bytes


async def decide(record: Record, config: Config, asked: Asked) -> Reply | Asked:
    """Answer at the edge, or give the request as the distribution's function has left it."""
    if asked.headers.get("host") != record["DomainName"]:
        # Nor may a page of another name, which leads here all of a sudden, be this one's.
        return error(403, REFUSED_HOST)
    behavior = config.behavior(asked.path)
    policy = behavior["viewer_protocol_policy"]
    if not asked.secure and policy != "allow-all":
        if policy == "https-only":
            return error(403, "Bad request.")
        reply = error(301 if asked.method in ("GET", "HEAD") else 307, "The document has moved.")
        location = {"Location": f"https://{record['DomainName']}{asked.target}", "X-Cache": "Redirect from cloudfront"}
        return replace(reply, headers=reply.headers | location)
    if asked.method not in (behavior["allowed_methods"] or ("GET", "HEAD")):
        return error(403, REFUSED_METHOD)
    function = behavior["functions"].get("viewer-request")
    if not function:
        return asked
    # Where nobody at all is let in, so is the person, as past a security group.
    visitor = address_of(asked.address, distributions.code_of(function))
    return await _by_function(record, function, replace(asked, address=visitor)) if visitor else asked


def address_of(client: str, code: str) -> str | None:
    """Tell a visitor's address, as a laptop's visitors have none: the person's is one that a function's doors let in.

    Whoever comes from another address of loopback than a person's programs do comes from that very address.
    """
    networks = [network for network in NETWORK.findall(code) if client == PERSON]
    return str(ipaddress.ip_interface(networks[0]).ip) if networks else None if client == PERSON else client


async def _by_function(record: Record, function: str, asked: Asked) -> Reply | Asked:
    query = parse_qs(asked.query, keep_blank_values=True)
    try:
        told, answer = await distributions.run_viewer_request(
            record, function, asked.method, asked.path, query, asked.headers, asked.address
        )
    except FunctionError as failure:
        print(f"edge {record['DomainName']}: the function {function}: {failure}", flush=True)
        return error(503, "The CloudFront function associated with the CloudFront distribution is invalid.")
    if "statusCode" in answer:
        headers = distributions.changed_headers({}, answer)
        reply = distributions.marked(headers, "FunctionGeneratedResponse from cloudfront")
        return Reply(int(answer["statusCode"]), reply, distributions.body_of(answer))
    # What it left alone stays as it was sent, to the letter.
    same = answer.get("querystring") == told["querystring"]
    return replace(
        asked,
        path=answer.get("uri", asked.path),
        query=asked.query if same else _query(answer.get("querystring")),
        headers=distributions.changed_headers(told, answer),
    )


def error(status: int, words: str) -> Reply:
    """Answer with CloudFront's own error page."""
    return Reply(*distributions.error_page(status, words))


def _query(given: Any) -> str:
    """Write a query string as a function has left it."""
    if not isinstance(given, dict):
        return str(given or "")
    values = {name: [one["value"] for one in value.get("multiValue", [value])] for name, value in given.items()}
    return urlencode(values, doseq=True)
