"""The page: what `streamlit run app.py` shows, to who is signed in."""

import streamlit as st

st.title("For the invited")
# On your own laptop, and at the machine's boot, nobody is.
st.write(f"You are {st.user.get('email') or 'nobody'}.")
if st.user.get("email") and st.button("Sign out"):
    st.logout()
