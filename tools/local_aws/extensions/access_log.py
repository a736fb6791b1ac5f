"""HTTP APIs write a line for each request into the log group that their stage names, in its format."""

import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

from local_aws.ministack import apis

VARIABLE = re.compile(r"\$context\.(\w+(?:\.\w+)*)")
# What API Gateway writes for a variable that a request has not.
NONE = "-"
# Said by API Gateway itself, of a request that has no route.
NOT_FOUND = "Not Found"


def install() -> None:
    """Log every request."""
    apis.around_requests(_logged)


async def _logged(request: apis.Request, go_on: Callable[[], Awaitable[apis.Answer]]) -> apis.Answer:
    began = time.monotonic()
    answer = await go_on()
    if found := apis.access_log(request):
        arn, form = found
        now = datetime.now(UTC)
        of_request = {
            "apiId": request.api_id,
            "stage": request.stage,
            "requestId": str(uuid4()),
            "requestTime": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
            "requestTimeEpoch": f"{now.timestamp() * 1000:.0f}",
            "identity.sourceIp": "127.0.0.1",
            "httpMethod": request.method,
            "routeKey": request.route or NONE,
            "status": str(answer[0]),
            "responseLength": str(len(answer[2])),
            "responseLatency": f"{(time.monotonic() - began) * 1000:.0f}",
            "error.message": NONE if request.route or answer[0] != 404 else NOT_FOUND,
        }
        group = arn.removesuffix(":*").rpartition(":")[2]
        apis.write_log(group, request.api_id, VARIABLE.sub(lambda name: of_request.get(name[1], NONE), form))
    return answer
