"""The settings that change the shape of a template."""

from dataclasses import dataclass

# Of a checkout, as a setting names it.
PUBLIC_KEY = "tests/stacks/laptop.pub"
# As make looks one up.
NETWORK = "vpc-01234567,us-east-1a/subnet-0a0a0a0a,us-east-1b/subnet-0b0b0b0b"
BOTH = ("CalculateMean", "Streamlit")


@dataclass(frozen=True)
class Variant:
    """Settings, and which stacks they change."""

    settings: dict[str, str]
    changes: tuple[str, ...]


VARIANTS = {
    "default": Variant({}, BOTH),
    "doors": Variant({"web_from": "203.0.113.0/24,pl-12345678", "ssh_from": "203.0.113.7/32"}, ("Streamlit",)),
    "world": Variant({"web_from": "world"}, ("Streamlit",)),
    "copy": Variant({"copy": "alice"}, BOTH),
    "allow_origins": Variant({"allow_origins": "https://example.org"}, ("CalculateMean",)),
    "public_key": Variant({"public_key": PUBLIC_KEY}, ("Streamlit",)),
    "termination_protection": Variant({"termination_protection": "true"}, ()),
    "ubuntu": Variant({"operating_system": "ubuntu-24.04"}, ("Streamlit",)),
    "image": Variant({"image": "ami-0123456789abcdef0"}, ("Streamlit",)),
    "zone": Variant({"zone": "second"}, ("Streamlit",)),
    "vpc": Variant({"vpc": NETWORK}, ("Streamlit",)),
    "x86": Variant({"instance_type": "t3.small"}, ("Streamlit",)),
    "lab": Variant({"account": "lab", "extras": "describe"}, (*BOTH, "Describe")),
    "extras": Variant({"extras": "describe", "csv_bucket": "my-tables"}, ("Describe",)),
    "https": Variant({"https": "true", "web_from": "203.0.113.7/32"}, ("Streamlit",)),
    "sign_in": Variant({"https": "true", "sign_in": "true", "web_from": "203.0.113.7/32"}, ("Streamlit",)),
    "fleet": Variant({"machines": "2-4", "web_from": "world"}, ("Streamlit",)),
    "spot": Variant({"machines": "2-3", "spot": "true", "ssh_from": "203.0.113.7/32"}, ("Streamlit",)),
    "fleet_sign_in": Variant({"machines": "2-3", "https": "true", "sign_in": "true"}, ("Streamlit",)),
    "office_hours": Variant({"office_hours": "08:00-19:00 MON-FRI Europe/Berlin"}, ("Streamlit",)),
    "idle_stop": Variant({"idle_stop": "45m"}, ("Streamlit",)),
    "port": Variant({"port": "9000", "web_from": "203.0.113.7/32"}, ("Streamlit",)),
}
