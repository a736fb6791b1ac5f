"""A Streamlit page on several machines behind a load balancer, with more of them before Christmas."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk.aws_autoscaling import Schedule

from data_compute import StreamlitFleet

HERE = Path(__file__).parent

app = App()
stack = Stack(app, "ExampleStreamlitFleet")

fleet = StreamlitFleet(stack, "Server", app=HERE / "page", entry_file="app.py", least=2, most=3, spot=True)

# Closed until you say to whom it opens: put your own address here, which `python -m ops my-ip` prints.
fleet.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))

# Each day anew: a deploy that is rolled back sets the usual numbers.
december, january = (Schedule.cron(month=month, hour="6", minute="0") for month in ("12", "1"))
fleet.scale_on_schedule("HolidaySeason", schedule=december, time_zone="Europe/Berlin", least=4, most=6)
fleet.scale_on_schedule("UsualSeason", schedule=january, time_zone="Europe/Berlin", least=2, most=3)

CfnOutput(stack, "Url", value=fleet.url)
app.synth()
