"""A Streamlit page on a machine of its own."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2

from data_compute import StreamlitServer

HERE = Path(__file__).parent

app = App()
stack = Stack(app, "ExampleStreamlitServer")

server = StreamlitServer(stack, "Server", app=HERE / "page", entry_file="app.py", environment={"GREETING": "Hello"})

# Closed until you say to whom it opens: put your own address here, which `python -m ops my-ip` prints.
server.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))

CfnOutput(stack, "Url", value=server.url)
app.synth()
