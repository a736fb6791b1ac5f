"""The entry file: the frame around every page. `streamlit run app.py` starts it, on a laptop and on the server."""

import os
from pathlib import Path

import streamlit as st
from mean_api import configured_url

LOGO = Path(__file__).with_name("logo.svg")

st.set_page_config(page_title="Data compute", page_icon=":material/query_stats:", layout="wide")
st.logo(LOGO.read_text(encoding="utf-8"), size="large")

page = st.navigation(
    [
        st.Page("app_pages/welcome.py", title="Welcome", icon=":material/waving_hand:", default=True),
        st.Page("app_pages/mean.py", title="Mean", icon=":material/functions:"),
        st.Page("app_pages/random_forest.py", title="Random forest", icon=":material/forest:"),
    ]
)

with st.sidebar:
    if configured_url(os.environ):
        st.badge("API configured", icon=":material/link:", color="green")
    else:
        st.badge("API not configured", icon=":material/link_off:", color="orange")

page.run()
