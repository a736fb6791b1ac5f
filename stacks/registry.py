"""Which stacks a copy of the app has, in the order of their deploy.

Plain names and no import, as ops and the embedded AWS load no CDK. The app defines exactly these, so `cdk … --all`
deploys and destroys them; status and the boot's watch ask for these; the embedded AWS tells of these first.
"""

MEAN = "CalculateMean"
PAGE = "Streamlit"
STACKS = (MEAN, PAGE)


def named(name: str, copy: str) -> str:
    """Name a thing so that a second copy of the app fits beside the first."""
    return f"{name}-{copy}" if copy else name
