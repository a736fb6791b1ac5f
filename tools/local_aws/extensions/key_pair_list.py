"""DescribeKeyPairs in full: MiniStack's leaves out the type, the tags and every choice but the name."""

from fnmatch import fnmatchcase
from typing import Any
from xml.sax.saxutils import escape

from local_aws.ministack import calls, records
from local_aws.ministack.calls import Asked

KeyPair = dict[str, Any]


def answer(asked: Asked) -> calls.Answer:
    """Answer one DescribeKeyPairs call."""
    known = list(records.key_pairs.values())
    for field in ("KeyName", "KeyPairId"):
        wanted = calls.members(asked, field)
        missing = set(wanted) - {pair[field] for pair in known}
        if missing:
            return calls.ec2_error("InvalidKeyPair.NotFound", f"The key pair '{sorted(missing)[0]}' does not exist")
        known = [pair for pair in known if not wanted or pair[field] in wanted]
    for name, patterns in _filters(asked):
        known = [pair for pair in known if any(_matches(pair, name, pattern) for pattern in patterns)]
    with_key = asked.get("IncludePublicKey", ["false"])[0] == "true"
    items = "".join(_item(pair, with_key) for pair in known)
    return calls.ec2_answer("DescribeKeyPairsResponse", f"<keySet>{items}</keySet>")


def _item(pair: KeyPair, with_key: bool) -> str:
    fields = {
        "keyPairId": pair["KeyPairId"],
        "keyName": pair["KeyName"],
        "keyFingerprint": pair["KeyFingerprint"],
        "keyType": pair.get("KeyType", "rsa"),
        "createTime": pair.get("CreateTime"),
        "publicKey": pair.get("PublicKey") if with_key else None,
    }
    told = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items() if value)
    tags = "".join(
        f"<item><key>{escape(tag['Key'])}</key><value>{escape(tag['Value'])}</value></item>"
        for tag in pair.get("Tags", [])
    )
    return f"<item>{told}<tagSet>{tags}</tagSet></item>"


def _filters(asked: Asked) -> list[tuple[str, list[str]]]:
    names = {key.removesuffix(".Name"): values[0] for key, values in asked.items() if key.endswith(".Name")}
    return [
        (name, calls.members(asked, f"{prefix}.Value"))
        for prefix, name in names.items()
        if prefix.startswith("Filter.")
    ]


def _matches(pair: KeyPair, name: str, pattern: str) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in pair.get("Tags", [])}
    if name.startswith("tag:"):
        return fnmatchcase(tags.get(name[4:], ""), pattern) and name[4:] in tags
    if name == "tag-key":
        return any(fnmatchcase(key, pattern) for key in tags)
    field = {"key-name": "KeyName", "key-pair-id": "KeyPairId", "fingerprint": "KeyFingerprint"}.get(name)
    return field is not None and fnmatchcase(pair[field], pattern)
