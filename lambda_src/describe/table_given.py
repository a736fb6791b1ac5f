"""The table that a caller sent, or named: the body of a request, or a file in S3."""

import base64
from collections.abc import Mapping
from typing import Any

from refused import Refused, not_utf_8

# Lambda takes events of 6 MB of JSON, in which a body may be encoded, which adds a third; of text, quotes take twice.
MOST_BODY_BYTES = 4_000_000
MOST_FILE_BYTES = 20_000_000

# What stands where bytes were no UTF-8, once somebody on the way has read them as text, as API Gateway does text/csv.
LOST = "\N{REPLACEMENT CHARACTER}"

SEND = 'send {"bucket": "my-bucket", "key": "my.csv"} or {"csv": "a,b\\n1,2"}'


def table_of_request(event: Mapping[str, Any]) -> bytes:
    """Read the body of a request."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            table = base64.b64decode(body, validate=True)
        except ValueError:
            raise Refused(400, "invalid_encoding", "the body is marked as base64 but is none: send plain CSV") from None
    elif LOST in body:
        raise not_utf_8()
    else:
        table = _encoded(body)
    return _checked(table)


def table_of_event(event: object) -> bytes:
    """Read a direct invocation: the table itself, or where in S3 it is, which a request from outside can't name."""
    match event:
        case {"csv": str(text), **rest} if not rest:
            return _checked(_encoded(text))
        case {"bucket": str(bucket), "key": str(key), **rest} if bucket and key and not rest:
            return _file(bucket, key)
    raise Refused(400, "bad_event", f"the function does not know this kind of event: {SEND}")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise not_utf_8() from None


def _checked(table: bytes) -> bytes:
    if len(table) > MOST_BODY_BYTES:
        raise Refused(
            413,
            "body_too_large",
            f"the table has more than {MOST_BODY_BYTES:,} bytes: put it into S3 and invoke the function with its place",
        )
    return table


def _file(bucket: str, key: str) -> bytes:
    # It takes longer to import than most answers take.
    import boto3
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        found = boto3.client("s3").get_object(Bucket=bucket, Key=key)
    except ParamValidationError:
        raise Refused(400, "bad_event", f"bucket is no bucket's name: {SEND}") from None
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (403, 404):
            raise
        # To whoever may not list a bucket, S3 says the same of a file that is not there.
        raise Refused(
            404,
            "not_found",
            "that file is not there, or the function may not read it: deploy with CSV_BUCKET=its bucket; or the file "
            "is encrypted with a key of KMS that the function may not use",
        ) from None
    if found["ContentLength"] > MOST_FILE_BYTES:
        raise Refused(413, "file_too_large", f"the file has more than {MOST_FILE_BYTES:,} bytes: name a part of it")
    content: bytes = found["Body"].read()
    return content
