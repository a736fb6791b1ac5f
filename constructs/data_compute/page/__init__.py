"""An EC2 instance that serves a Streamlit app."""

from data_compute.streamlit_server.operating_system import AMAZON_LINUX_2023, UBUNTU_24_04, OperatingSystem
from data_compute.streamlit_server.server import StreamlitServer

__all__ = ["AMAZON_LINUX_2023", "UBUNTU_24_04", "OperatingSystem", "StreamlitServer"]
