"""Every page as a visitor uses it, in Streamlit's own test harness; no page may ever show a traceback."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

import csv_table
import csv_upload
import pytest
from streamlit.testing.v1 import AppTest

from tests.streamlit_src.conftest import APP_FOLDER, FakeApi


def opened(app: AppTest, page: str) -> AppTest:
    return app.run().switch_page(f"app_pages/{page}.py").run()


def uploaded(app: AppTest, content: bytes) -> AppTest:
    app.button_group(key="source").set_value("Upload a CSV").run()
    return app.file_uploader(key="csv").set_value(("data.csv", content, "text/csv")).run()


def first_line(app: AppTest, choice: str) -> AppTest:
    (asking,) = (group for group in app.button_group if str(group.key).startswith("first line"))
    return asking.set_value(choice).run()


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


def asked(app: AppTest, text: str) -> AppTest:
    app.text_area(key="numbers").set_value(text).run()
    return app.button(key="calculate").click().run()


def metrics(app: AppTest) -> dict[str, str]:
    assert not app.exception
    return {metric.label: metric.value for metric in app.metric}


def only(messages: Iterable[Any]) -> str:
    (message,) = messages
    return str(message.value)


class TestWelcome:
    """The data sets."""

    def test_shows_the_first_data_set(self, app: AppTest) -> None:
        app.run()
        assert app.title[0].value == "Welcome to Data compute"
        assert metrics(app) == {"Rows": "150", "Features": "4", "Classes": "3"}
        assert not app.error
        assert len(app.dataframe) == 2

    def test_shows_another_data_set_with_its_own_columns(self, app: AppTest) -> None:
        app.run().selectbox[0].set_value("petal width (cm)").run()
        app.button_group(key="data_set").set_value("Wine").run()
        assert metrics(app) == {"Rows": "178", "Features": "13", "Classes": "3"}
        assert app.selectbox[0].value == "alcohol"

    @pytest.mark.parametrize(("url", "badge"), [("", "API not configured"), ("http://a/b", "API configured")])
    def test_says_whether_the_api_is_configured(
        self, app: AppTest, monkeypatch: pytest.MonkeyPatch, url: str, badge: str
    ) -> None:
        monkeypatch.setenv("CALCULATE_MEAN_URL", url)
        assert badge in app.run().sidebar.markdown[0].value


class TestFrame:
    """Who is signed in."""

    @pytest.mark.parametrize("user", [{}, {"is_logged_in": None, "email": None}])
    def test_nobody_is_told_how_to_sign_out_where_nobody_signs_in(self, app: AppTest, user: dict[str, Any]) -> None:
        app.user = user
        app.run()
        assert not app.exception
        assert not app.sidebar.text
        assert not app.sidebar.button

    def test_who_is_signed_in_is_named_and_may_sign_out(self, app: AppTest) -> None:
        app.user = {"is_logged_in": "true", "email": "ada_*@example.org"}
        app.run()
        assert only(app.sidebar.text) == "Signed in as ada_*@example.org"
        app.sidebar.button[0].click().run()
        # As `st.logout` leaves it.
        assert "email" not in app.user
        assert not app.exception


class TestMean:
    """The API's page."""

    @pytest.fixture
    def app(self, app: AppTest, api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> AppTest:
        monkeypatch.setenv("CALCULATE_MEAN_URL", api.url)
        return app

    def test_asks_the_api(self, app: AppTest) -> None:
        opened(app, "mean").button(key="calculate").click().run()
        shown = metrics(app)
        assert (shown["Mean"], shown["Numbers"]) == ("7.25", "4")
        assert shown["Latency"].endswith(" ms")

    def test_does_not_ask_before_the_click(self, app: AppTest, api: FakeApi) -> None:
        opened(app, "mean")
        assert metrics(app) == {}
        assert api.asked == []

    @pytest.mark.parametrize(("text", "mean"), [("2 4", "3"), ("0.1", "0.1"), ("1e308", "1e+308")])
    def test_shows_every_digit_and_no_more(self, app: AppTest, text: str, mean: str) -> None:
        assert metrics(asked(opened(app, "mean"), text))["Mean"] == mean

    def test_a_changed_text_takes_the_old_answer_away(self, app: AppTest) -> None:
        asked(opened(app, "mean"), "1 2").text_area(key="numbers").set_value("1 2 3").run()
        assert metrics(app) == {}

    @pytest.mark.parametrize(("text", "words"), [("1, abc", "`abc`, is not a number"), ("", "no numbers yet")])
    def test_explains_what_is_no_number(self, app: AppTest, api: FakeApi, text: str, words: str) -> None:
        asked(opened(app, "mean"), text)
        assert words in only(app.warning)
        assert metrics(app) == {}
        assert api.asked == []

    @pytest.mark.parametrize("text", ["[click](x)$a$:red[x]<script>", "`\\`💥"])
    def test_survives_any_text(self, app: AppTest, text: str) -> None:
        asked(opened(app, "mean"), text)
        assert "is not a number" in only(app.warning)
        assert not app.exception

    def test_shows_the_apis_refusal(self, app: AppTest, api: FakeApi) -> None:
        api.refuse(422, {"error": {"code": "not_finite", "message": "Item 1 is too large."}})
        asked(opened(app, "mean"), "1 2")
        assert only(app.error) == "Item 1 is too large. (HTTP 422, `not_finite`)"
        assert metrics(app) == {}

    @pytest.mark.parametrize(
        ("status", "body", "words"),
        [
            (403, b'{"message": "Forbidden"}', "does not let this page in"),
            (404, b'{"message": "Not Found"}', "no API at this address"),
            (500, b"<html>", "failed on its side"),
            (200, b"<html>", "not with a number"),
        ],
    )
    def test_puts_the_apis_failure_into_words(
        self, app: AppTest, api: FakeApi, status: int, body: bytes, words: str
    ) -> None:
        api.status, api.body = status, body
        asked(opened(app, "mean"), "1 2")
        assert words in only(app.error)
        assert not app.exception

    def test_the_api_is_away(self, app: AppTest, monkeypatch: pytest.MonkeyPatch, closed_url: str) -> None:
        monkeypatch.setenv("CALCULATE_MEAN_URL", closed_url)
        asked(opened(app, "mean"), "1 2")
        assert "Nobody answers" in only(app.error)
        assert not app.exception

    def test_too_many_numbers_stay_here(self, app: AppTest, api: FakeApi) -> None:
        asked(opened(app, "mean"), "1 " * 100_001)
        assert "100,001 numbers" in only(app.error)
        assert api.asked == []

    def test_without_an_api_it_says_what_to_set(self, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CALCULATE_MEAN_URL")
        opened(app, "mean")
        assert "Set the environment variable `CALCULATE_MEAN_URL`" in only(app.warning)
        assert app.button(key="calculate").disabled
        app.text_area(key="numbers").set_value("1 2 3").run()
        assert "3 numbers understood." in [caption.value for caption in app.caption]

    def test_a_column_of_a_file(self, app: AppTest, api: FakeApi) -> None:
        uploaded(opened(app, "mean"), b"name;size\na;1\nb;4\n")
        assert app.selectbox(key="column").value == "size"
        app.button(key="calculate").click().run()
        assert metrics(app)["Mean"] == "2.5"
        assert api.asked[0][2] == b'{"nums":[1,4]}'

    def test_what_was_taken_for_the_heading_is_said(self, app: AppTest) -> None:
        uploaded(opened(app, "mean"), b"ten\n2\n3\n")
        assert {"2 rows below the heading `ten`.", "2 numbers understood."} <= set(captions(app))

    def test_a_first_line_that_could_be_numbers_is_asked_about(self, app: AppTest, api: FakeApi) -> None:
        uploaded(opened(app, "mean"), b"1\n2\n3\n").button(key="calculate").click().run()
        assert "looks like numbers" in only(app.warning)
        assert api.asked == []
        first_line(app, csv_upload.ROW).button(key="calculate").click().run()
        assert metrics(app)["Mean"] == "2"
        assert "3 rows, the first line among them." in captions(app)
        first_line(app, csv_upload.NAMES)
        assert "2 rows below the heading `1`." in captions(app)

    def test_a_typo_in_the_first_line_loses_no_number(self, app: AppTest) -> None:
        uploaded(opened(app, "mean"), b"1O\n2\n3\n")
        assert "Row 1 of `Column 1`, `1O`, is not a number" in only(first_line(app, csv_upload.ROW).warning)

    @pytest.mark.parametrize("text", ["3,5 4,2", "1.000,50", "1,234.5", "1\N{NO-BREAK SPACE}000"])
    def test_typed_marks_in_a_number_are_named(self, app: AppTest, text: str) -> None:
        asked(opened(app, "mean"), text)
        assert any("` is 2 numbers. Write decimals with a point" in caption for caption in captions(app))

    def test_another_file_with_other_columns(self, app: AppTest) -> None:
        uploaded(opened(app, "mean"), b"size,weight\n1,2\n").selectbox(key="column").set_value("weight").run()
        app.file_uploader(key="csv").set_value(("other.csv", b"age\n40\n", "text/csv")).run()
        assert app.selectbox(key="column").value == "age"
        assert metrics(app.button(key="calculate").click().run())["Mean"] == "40"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"\xff\xfe\x00", "not UTF-8"),
            (b"", "file is empty"),
            (b"x\n1\n\n3\n", "1 empty cell, the first in row 2"),
            (b"x\nlow\n", "Row 1 of `x`, `low`, is not a number"),
        ],
    )
    def test_explains_what_is_wrong_with_a_file(self, app: AppTest, api: FakeApi, content: bytes, words: str) -> None:
        uploaded(opened(app, "mean"), content).button(key="calculate").click().run()
        assert words in only(app.warning)
        assert not app.exception
        assert api.asked == []


class TestRandomForest:
    """The forest's page."""

    def test_waits_for_the_click(self, app: AppTest) -> None:
        opened(app, "random_forest")
        assert "appear here" in only(app.info)
        assert metrics(app) == {}

    def test_grows_and_predicts(self, app: AppTest) -> None:
        opened(app, "random_forest").button(key="grow").click().run()
        shown = metrics(app)
        assert 85 < float(shown["Accuracy"].rstrip("%")) <= 100
        assert shown["Tested on"] == "38 rows"
        assert shown["Learned from"] == "112 rows"
        assert len(app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")) == 3
        assert shown["Predicted species"] == "versicolor"
        for label in ("petal length (cm)", "petal width (cm)"):
            next(number for number in app.number_input if number.label == label).set_value(0.2)
        app.run()
        assert metrics(app)["Predicted species"] == "setosa"

    def test_says_when_the_settings_are_newer_than_the_forest(self, app: AppTest) -> None:
        opened(app, "random_forest").button(key="grow").click().run()
        app.slider(key="trees").set_value(5).run()
        assert any("earlier settings" in caption.value for caption in app.caption)
        app.button(key="grow").click().run()
        assert not any("earlier settings" in caption.value for caption in app.caption)
        assert not app.exception

    @pytest.mark.parametrize("title", ["Wine", "Breast cancer"])
    def test_every_bundled_data_set(self, app: AppTest, title: str) -> None:
        opened(app, "random_forest").button(key="grow").click().run()
        app.selectbox(key="data_set").set_value(title).run()
        assert metrics(app) == {}, "another table makes the old forest's results go away"
        app.button(key="grow").click().run()
        assert float(metrics(app)["Accuracy"].rstrip("%")) > 85

    def test_generated_data(self, app: AppTest) -> None:
        opened(app, "random_forest").button_group(key="source").set_value("Generated").run()
        app.slider(key="classes").set_value(2)
        app.slider(key="generated_features").set_value(3).run()
        app.button(key="grow").click().run()
        assert metrics(app)["Tested on"] == "125 rows"
        assert metrics(app)["Predicted class"] in {"class A", "class B"}

    def test_no_features(self, app: AppTest) -> None:
        opened(app, "random_forest").multiselect[0].set_value([]).run()
        app.button(key="grow").click().run()
        assert "0 features chosen" in only(app.error)
        assert metrics(app) == {}

    def test_another_target(self, app: AppTest) -> None:
        opened(app, "random_forest").selectbox[1].set_value("petal length (cm)").run()
        assert "petal length (cm)" not in app.multiselect[0].value
        app.button(key="grow").click().run()
        assert "43 different values" in only(app.error)

    def test_an_uploaded_file(self, app: AppTest) -> None:
        rows = "".join(f"{i},{i % 7},{'low' if i < 20 else 'high'}\n" for i in range(40))
        uploaded(opened(app, "random_forest"), b"size,$noise$,level\n" + rows.encode())
        assert app.multiselect[0].value == ["size", "$noise$"]
        app.button(key="grow").click().run()
        assert metrics(app)["Accuracy"] == "100.0%"
        assert metrics(app)["Predicted level"] in {"low", "high"}
        assert r"\$noise\$" in [number.label for number in app.number_input]

    def test_a_file_without_a_heading(self, app: AppTest) -> None:
        uploaded(opened(app, "random_forest"), b"1,a\n9,b\n" * 15)
        assert "looks like numbers" in only(app.warning)
        first_line(app, csv_upload.ROW).button(key="grow").click().run()
        assert "30 rows, the first line among them." in captions(app)
        assert metrics(app)["Predicted Column 2"] in {"a", "b"}

    def test_shows_the_beginning_of_a_large_file(self, app: AppTest) -> None:
        uploaded(opened(app, "random_forest"), b"size,kind\n" + b"1,a\n" * 6_000)
        assert len(app.dataframe[0].value) == 5_000
        assert "The first 5,000 of 6,000 rows." in [caption.value for caption in app.caption]

    def test_another_file_with_other_columns(self, app: AppTest) -> None:
        uploaded(opened(app, "random_forest"), b"size,kind\n" + b"1,a\n9,b\n" * 15).button(key="grow").click().run()
        assert metrics(app)["Predicted kind"] in {"a", "b"}
        app.file_uploader(key="csv").set_value(("data.csv", b"age,sex\n" + b"1,f\n9,m\n" * 15, "text/csv")).run()
        assert metrics(app) == {}
        assert app.multiselect[0].value == ["age"]
        assert metrics(app.button(key="grow").click().run())["Predicted sex"] in {"f", "m"}

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"\xff\xfe\x00", "not UTF-8"),
            (b"x\n1\n2\n", "one column"),
            (b"a,b\n", "no rows below"),
            (b"size;kind\n3,5;a\n", "`size` has decimal commas"),
        ],
    )
    def test_explains_what_is_wrong_with_a_file(self, app: AppTest, content: bytes, words: str) -> None:
        uploaded(opened(app, "random_forest"), content)
        assert words in only(app.warning)
        assert not app.exception

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ("1,a\n", "`kind` is `a` in every row"),
            ("1,\n", "`kind` is missing in 30 rows"),
            (",a\n,b\n", "0 features chosen"),
        ],
    )
    def test_explains_what_a_forest_can_not_learn(self, app: AppTest, row: str, words: str) -> None:
        uploaded(opened(app, "random_forest"), b"size,kind\n" + row.encode() * 30)
        app.button(key="grow").click().run()
        assert words in only(app.error)
        assert not app.exception

    @pytest.mark.parametrize("gap", [b"", b"NA"])
    def test_a_gap_in_a_feature(self, app: AppTest, gap: bytes) -> None:
        uploaded(opened(app, "random_forest"), b"size,kind\n" + b"1,a\n2,b\n" * 15 + gap + b",a\n")
        app.button(key="grow").click().run()
        assert "Values are missing in 1 row of `size`" in only(app.error)


def test_the_upload_limit_is_the_one_the_pages_name() -> None:
    config = tomllib.loads((APP_FOLDER / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == csv_table.MOST_MEGABYTES
