"""The page: what `streamlit run app.py` shows."""

import streamlit as st

st.title("A secret, kept between us")
secret = st.text_input("Yours", type="password")
if secret:
    st.write(f"It has {len(secret)} letters, and came here encrypted.")
