"""The metadata service of each instance: what runs on a machine has the machine's role, and no key in its environment.

Here it has a path of its own for each instance, where on AWS each instance reaches its own at one address.
"""

import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.machines.role import credentials

PATH = re.compile(r"/_machines/(i-[0-9a-f]+)/latest/(.+)")
ROLES = "meta-data/iam/security-credentials/"
TOKEN = b"x-aws-ec2-metadata-token"
# SDKs ask anew some minutes before; with less they stretch it themselves.
LIFETIME = timedelta(hours=6)


def serving(app: Any) -> Any:
    """Serve every instance's metadata beside an ASGI application, to whoever asks for a token first, as IMDSv2."""
    token = secrets.token_hex()

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        asked = PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if not asked:
            await app(scope, receive, send)
            return
        if (scope["method"], asked[2]) == ("PUT", "api/token"):
            status, body = 200, token
        elif (TOKEN, token.encode()) not in [(name.lower(), value) for name, value in scope["headers"]]:
            status, body = 401, ""
        else:
            found = answer(asked[1], asked[2])
            status, body = (404, "") if found is None else (200, found)
        headers = [(b"content-type", b"text/plain"), (b"x-aws-ec2-metadata-token-ttl-seconds", b"21600")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    return wrapped


def answer(instance_id: str, name: str) -> str | None:
    """Tell an instance what it asks of itself."""
    if name == "meta-data/instance-id":
        return instance_id
    found = credentials(instance_id)
    if not found:
        return None
    role, key = found
    if name == ROLES:
        return role
    if name != ROLES + role:
        return None
    now = datetime.now(UTC)
    return json.dumps(
        {
            "Code": "Success",
            "Type": "AWS-HMAC",
            "LastUpdated": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "Expiration": f"{now + LIFETIME:%Y-%m-%dT%H:%M:%SZ}",
            "AccessKeyId": key.id,
            "SecretAccessKey": key.secret,
            "Token": key.token,
        }
    )
