"""The entry file, the server around the pages: `streamlit run app.py`, on a laptop and on the machine."""

from pathlib import Path

import log_budget
import streamlit as st
from starlette.middleware import Middleware
from visitor_limits import VisitorLimits

log_budget.install()
app = st.App(Path(__file__).with_name("frame.py"), middleware=[Middleware(VisitorLimits)])
