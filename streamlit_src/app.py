"""The entry file, the server around the pages: `streamlit run app.py`, on a laptop and on the machine."""

from pathlib import Path

import log_budget
import streamlit as st

log_budget.install()
app = st.App(Path(__file__).with_name("frame.py"))
