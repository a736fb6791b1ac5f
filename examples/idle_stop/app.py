"""A Streamlit page on a machine that stops by itself when nobody uses it."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Duration, Stack
from aws_cdk import aws_ec2 as ec2

from data_compute import IdleStop, StreamlitServer

HERE = Path(__file__).parent

app = App()
stack = Stack(app, "ExampleIdleStop")

server = StreamlitServer(stack, "Server", app=HERE / "page", entry_file="app.py")

# Closed until you say to whom it opens: put your own address here, which `python -m ops my-ip` prints.
server.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))

IdleStop(stack, "IdleStop", machine=server, after=Duration.minutes(45))

CfnOutput(stack, "Url", value=server.url)
app.synth()
