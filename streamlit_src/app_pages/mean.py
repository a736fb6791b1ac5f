"""The page of the calculate_mean API: numbers in, their mean and how long the API took out."""

import os

import altair_charts
import csv_table
import csv_upload
import mean_api
import number_text
import page_cache
import streamlit as st
from wording import counted, quoted

TYPE, UPLOAD = "Type or paste", "Upload a CSV"
# The browser ignores what is longer without a word. Up to here the text arrives, and is told what is too much.
LONGEST_SENT = 900_000


def typed_numbers() -> list[number_text.Number]:
    """Ask for numbers as text."""
    text = st.text_area(
        "Numbers",
        "1, -5, 0, 33",
        height=180,
        key="numbers",
        max_chars=LONGEST_SENT,
        help="Separate them with commas, spaces or new lines. Write decimals with a point: 2.5, 1e-3. "
        f"Up to {number_text.MOST_CHARACTERS:,} characters; a CSV file holds more.",
    )
    with page_cache.one_at_a_time:
        numbers = number_text.numbers_of_text(text or "")
    if part := number_text.one_to_a_reader(text or ""):
        taken_for = counted(len(number_text.numbers_of_text(part)), "number")
        st.caption(f"Commas and spaces separate: {quoted(part)} is {taken_for}. {number_text.POINTS_NOT_COMMAS}")
    return numbers


def uploaded_numbers() -> list[number_text.Number]:
    """Ask for a CSV file and one of its columns."""
    upload = csv_upload.ask_for_table(page_cache.table_of_text)
    if upload is None:
        raise number_text.NotNumbersError("There are no numbers yet. Upload a file that names its columns first.")
    st.caption(upload.understood)
    table = upload.table
    column = st.selectbox("Column", table.columns, index=csv_table.first_numeric(table), key="column")
    return number_text.numbers_of_column(column, table[column])


def show(answer: mean_api.Answer, numbers: list[number_text.Number]) -> None:
    """Show the API's answer."""
    # A row of its own: a mean may have seventeen digits, and none of them is cut off.
    st.metric("Mean", f"{answer.mean!r}".removesuffix(".0"), border=True, icon=":material/functions:")
    count, latency = st.columns(2)
    count.metric("Numbers", f"{answer.count:,}", border=True, icon=":material/tag:")
    latency.metric("Latency", f"{answer.milliseconds:,.0f} ms", border=True, icon=":material/timer:")
    chart = altair_charts.distribution(numbers, answer.mean)
    if chart is not None:
        st.altair_chart(chart, alt=f"Histogram of the numbers, with their mean {answer.mean!r} as a line")


st.title("Mean")
st.markdown(
    f"The `calculate_mean` API takes up to {mean_api.MOST_NUMBERS:,} numbers and answers with their mean, "
    "correctly rounded: `0.1 0.1 0.1` has the mean 0.1."
)

url = mean_api.configured_url(os.environ)
if url is None:
    st.warning(
        f"Set the environment variable `{mean_api.URL_VARIABLE}` to the API's whole URL and start the app again, "
        "for example:\n\n"
        f"`{mean_api.URL_VARIABLE}=https://…/calculate_mean streamlit run app.py`",
        title="The API is not configured",
        icon=":material/link_off:",
    )

question, answer_side = st.columns([2, 3], gap="large")
with question:
    source = st.segmented_control(
        "Where the numbers come from", [TYPE, UPLOAD], default=TYPE, required=True, key="source"
    )
    numbers, problem = [], ""
    try:
        numbers = typed_numbers() if source == TYPE else uploaded_numbers()
    except (csv_table.CsvTableError, number_text.NotNumbersError) as error:
        problem = str(error)
    # Never disabled for the numbers' sake: a click right after typing must count.
    asked = st.button(
        "Calculate the mean",
        type="primary",
        icon=":material/send:",
        key="calculate",
        disabled=url is None,
        width="stretch",
    )
    if problem:
        st.warning(problem, icon=":material/edit:")
    else:
        st.caption(f"{counted(len(numbers), 'number')} understood.")

with answer_side:
    if asked and url and numbers:
        try:
            with st.spinner("Asking the API …"):
                answer = mean_api.ask_for_mean(numbers, url)
            show(answer, numbers)
        except mean_api.MeanApiError as refusal:
            st.error(str(refusal), title="No mean came back", icon=":material/cloud_off:")
    else:
        st.info("The answer appears here.", icon=":material/functions:")
