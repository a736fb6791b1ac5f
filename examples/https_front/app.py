"""A Streamlit page at an HTTPS address, without a domain."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2

from data_compute import HttpsFront, StreamlitServer

HERE = Path(__file__).parent

app = App()
stack = Stack(app, "ExampleHttpsFront")

server = StreamlitServer(stack, "Server", app=HERE / "page", entry_file="app.py")
front = HttpsFront(stack, "Front", server=server)

# Closed until you say to whom it opens, at the edge: put your own address here, which `python -m ops my-ip` prints.
front.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))

CfnOutput(stack, "Url", value=front.url)
app.synth()
