"""Streamlit, and how people reach it."""
