"""The page: what `streamlit run app.py` shows."""

import socket

import streamlit as st

st.title("One of several")
st.write(f"This is {socket.gethostname()}, and stays so while you are here.")
visits = st.session_state["visits"] = st.session_state.get("visits", 0) + 1
st.metric("Times that you have asked it", visits)
st.button("Ask again")
