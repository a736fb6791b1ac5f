"""Rolls a die: ``GET /dice/6``."""

import secrets
from typing import Any


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer a number from 1 to as many as the path says."""
    sides = event["pathParameters"]["sides"]
    if not sides.isdecimal() or not 2 <= int(sides) <= 100:
        return {"statusCode": 400, "body": f"{sides} is no die: use a number from 2 to 100"}
    return {"statusCode": 200, "body": str(secrets.randbelow(int(sides)) + 1)}
