"""The frame around every page: the script that Streamlit runs for a visitor, at each of their actions."""

import os
from pathlib import Path

import streamlit as st
from mean_api import configured_url

HERE = Path(__file__).parent

# Our own icon, and first: a material icon's favicon the browser would fetch from another host.
st.set_page_config(page_icon=HERE / "icon.svg", layout="wide")
st.logo(HERE / "logo.svg", size="large", icon_image=HERE / "icon.svg")
page = st.navigation(
    [
        st.Page("app_pages/welcome.py", title="Welcome", icon=":material/waving_hand:", default=True),
        st.Page("app_pages/mean.py", title="Mean", icon=":material/functions:"),
        st.Page("app_pages/random_forest.py", title="Random forest", icon=":material/forest:"),
    ]
)

st.set_page_config(page_title=f"{page.title} · Data compute")

with st.sidebar:
    if configured_url(os.environ):
        st.badge("API configured", icon=":material/link:", color="green")
    else:
        st.badge("API not configured", icon=":material/link_off:", color="orange")
    # Where people sign in before they come here, and not while the boot opens the page.
    if st.user.get("is_logged_in"):
        st.text(f"Signed in as {st.user.email}")
        if st.button("Sign out", icon=":material/logout:"):
            st.logout()

page.run()
