"""An EC2 instance that serves a Streamlit app."""

from data_compute.streamlit_server.server import StreamlitServer

__all__ = ["StreamlitServer"]
