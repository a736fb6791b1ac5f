"""CDK constructs for data scientists: a Streamlit server on EC2, and a Python Lambda behind an HTTP API."""

from data_compute.http_function import HttpFunction
from data_compute.python_function import PythonFunction
from data_compute.streamlit_server import AMAZON_LINUX_2023, UBUNTU_24_04, OperatingSystem, StreamlitServer

__all__ = [
    "AMAZON_LINUX_2023",
    "UBUNTU_24_04",
    "HttpFunction",
    "OperatingSystem",
    "PythonFunction",
    "StreamlitServer",
]
