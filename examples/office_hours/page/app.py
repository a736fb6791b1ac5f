"""The page: what `streamlit run app.py` shows."""

import streamlit as st

st.title("On a machine that is not always there")
name = st.text_input("Who are you?")
if name:
    st.write(f"Hello, {name}!")
