"""The page: what `streamlit run app.py` shows."""

import os

import streamlit as st

st.title(f"{os.environ['GREETING']} from a machine of your own")
name = st.text_input("Who are you?")
if name:
    st.write(f"{os.environ['GREETING']}, {name}!")
