"""CDK constructs for data scientists: a Streamlit server on EC2, and a Python Lambda behind an HTTP API.

Each name is loaded when it is first used, so nobody waits for the CDK's modules of a construct that they do not use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data_compute.findings import acknowledge
    from data_compute.function.http_trigger import HttpTrigger
    from data_compute.function.python_function import PythonFunction
    from data_compute.machine.idle_stop import IdleStop
    from data_compute.machine.office_hours import OfficeHours
    from data_compute.machine.operating_system import AMAZON_LINUX_2023, UBUNTU_24_04, OperatingSystem
    from data_compute.page.https_front import HttpsFront
    from data_compute.page.sign_in import SignIn
    from data_compute.page.streamlit_fleet import StreamlitFleet
    from data_compute.page.streamlit_server import StreamlitServer

__all__ = [
    "AMAZON_LINUX_2023",
    "UBUNTU_24_04",
    "HttpTrigger",
    "HttpsFront",
    "IdleStop",
    "OfficeHours",
    "OperatingSystem",
    "PythonFunction",
    "SignIn",
    "StreamlitFleet",
    "StreamlitServer",
    "acknowledge",
]

_HOMES = {
    "AMAZON_LINUX_2023": "machine.operating_system",
    "UBUNTU_24_04": "machine.operating_system",
    "HttpTrigger": "function.http_trigger",
    "HttpsFront": "page.https_front",
    "IdleStop": "machine.idle_stop",
    "OfficeHours": "machine.office_hours",
    "OperatingSystem": "machine.operating_system",
    "PythonFunction": "function.python_function",
    "SignIn": "page.sign_in",
    "StreamlitFleet": "page.streamlit_fleet",
    "StreamlitServer": "page.streamlit_server",
    "acknowledge": "findings",
}


# Out of mypy's sight, which would take any name for one of ours.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
