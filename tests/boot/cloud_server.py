"""The embedded AWS, which also tells an instance's user data: MiniStack keeps it to itself."""

from html import escape
from typing import Any
from urllib.parse import parse_qs

from local_aws import server


def main() -> None:
    """Serve until SIGTERM."""
    # MiniStack may be imported only when the server has set it up, and this is the first thing done after that.
    begin = server._once_restored

    def teach_and_begin(*arguments: Any) -> Any:
        from local_aws.extensions import inside

        inside.around_ec2(_with_user_data)
        return begin(*arguments)

    server._once_restored = teach_and_begin  # type: ignore[assignment]
    server.main()


def _with_user_data(handle: Any) -> Any:
    from local_aws.extensions import inside

    async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        asked = query | parse_qs(body.decode(errors="replace"))
        if asked.get("Action") != ["DescribeInstanceAttribute"] or asked.get("Attribute") != ["userData"]:
            return await handle(method, path, headers, body, query)
        [instance_id] = asked["InstanceId"]
        record = next(record for key, record in inside.instances().items() if key[2] == instance_id)
        answer = (
            '<DescribeInstanceAttributeResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
            f"<instanceId>{instance_id}</instanceId><userData><value>{escape(record['UserData'])}</value></userData>"
            "</DescribeInstanceAttributeResponse>"
        )
        return 200, {"Content-Type": "text/xml"}, answer.encode()

    return handle_request


if __name__ == "__main__":
    main()
