"""The ``describe`` Lambda function: what a CSV table holds, by pandas.

``POST`` a table whose first line names its columns, or invoke with ``{"csv": "…"}`` or ``{"bucket": …, "key": …}``. The
answer has, for each column, its name and how many values it has; of a column of numbers also their exact mean, rounded
once, and their quantiles as pandas interpolates them. What pandas takes for missing counts nowhere.
"""

import json
from collections.abc import Mapping
from typing import Any

from columns import describe
from refused import Refused
from table_given import table_of_event, table_of_request


def lambda_handler(event: object, context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Answer with what the table holds. Whatever the table, the answer is in the 200s or 400s."""
    request = event if isinstance(event, Mapping) and "requestContext" in event else None
    body: object
    try:
        status, body = 200, describe(table_of_event(event) if request is None else table_of_request(request))
    except Refused as refused:
        status, body = refused.status, {"error": {"code": refused.code, "message": refused.message}}
    if request is None:
        return {"statusCode": status, "body": body}
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
