"""Which stacks a copy of the app has, in the order of their deploy.

Plain names and no import: app, ops and embedded AWS all learn them here, and the last two load no CDK.
"""

MEAN = "CalculateMean"
PAGE = "Streamlit"
STACKS = (MEAN, PAGE)


def named(name: str, copy: str) -> str:
    """Name a thing so that a second copy of the app fits beside the first."""
    return f"{name}-{copy}" if copy else name
