"""Requests as rows: in each form the same rows, and whatever is wrong is told by its column or row."""

import csv
import io
import json

import numpy as np
import pytest

from tests.inference.packages import COLUMNS
from trainyard.server.request import RefusedError, rows_of, sentences

ROW = {"size": 30.5, "color": "red", "town": "town 1", "number": 3, "wild": True, "seen": "2020-05-17"}
OTHER = {"size": None, "color": "mauve", "town": None, "number": 7, "wild": "no", "seen": None}
VALUES = [list(ROW.values()), list(OTHER.values())]
COLUMN_LISTS = {name: [ROW[name], OTHER[name]] for name in COLUMNS}
JSON = "application/json"


def csv_text(delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([COLUMNS, *VALUES])
    return text.getvalue()


def refused(sent, model, content_type=JSON):
    body = sent if isinstance(sent, bytes) else sent.encode() if isinstance(sent, str) else json.dumps(sent).encode()
    with pytest.raises(RefusedError) as error:
        rows_of(body, content_type, model)
    return error.value


@pytest.mark.parametrize(
    "sent",
    [
        {"dataframe_records": [ROW, OTHER]},
        {"dataframe_records": [ROW, {name: value for name, value in OTHER.items() if value is not None}]},
        {"dataframe_split": {"columns": list(COLUMNS), "data": VALUES, "index": [7, 9]}},
        {"dataframe_split": {"data": VALUES}},
        {"inputs": COLUMN_LISTS},
        {"inputs": [ROW, OTHER]},
        {"inputs": VALUES},
        {"instances": [OTHER | ROW, {**dict(reversed(OTHER.items())), "more": 5}], "params": {}},
        {"instances": VALUES},
        csv_text(),
    ],
    ids=lambda sent: str(sent)[:45],
)
def test_the_same_rows_in_any_form_are_predicted_as_the_package_predicts_them(table_model, sent):
    text, kind = (sent, "text/csv; charset=UTF-8") if isinstance(sent, str) else (json.dumps(sent), JSON)
    rows = rows_of(text.encode(), kind, table_model.model)
    expected = table_model.model.predict_proba([ROW, OTHER])
    np.testing.assert_array_equal(table_model.model.predict_proba(rows), expected)
    predicted = table_model.pyfunc.predict(rows)[["probability_big", "probability_small"]]
    np.testing.assert_array_equal(predicted.to_numpy(), expected)


def test_single_values_are_a_row_and_no_rows_are_none(table_model):
    assert len(rows_of(json.dumps({"inputs": ROW}).encode(), JSON, table_model.model)) == 1
    for empty in ({"dataframe_records": []}, {"instances": []}, {"dataframe_split": {"data": []}}):
        rows = rows_of(json.dumps(empty).encode(), JSON, table_model.model)
        assert len(table_model.pyfunc.predict(rows)) == 0
    assert len(rows_of(",".join(COLUMNS).encode(), "text/csv", table_model.model)) == 0


def test_texts_of_a_category_stay_as_they_are_written_in_a_table(table_model):
    rows = rows_of(csv_text().replace("town 1", "1.50").encode(), "text/csv", table_model.model)
    assert rows["town"].tolist()[0] == "1.50"


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"dataframe_records": [{**ROW, "sise": 1, "size": 2}, 3]}, "dataframe_records: row 2 is a number, no object"),
        ({"dataframe_records": ROW}, "dataframe_records is a list with an object per row, but here it is an object."),
        ({"dataframe_split": {"columns": ["size"], "data": [[1], [1, 2]]}},
         "dataframe_split: row 2 has 2 values, but there are 1 columns: size."),
        ({"dataframe_split": [1]}, "dataframe_split is an object with columns and data, a list of rows."),
        ({"dataframe_split": {"columns": [1], "data": []}}, "dataframe_split: columns is a list of names."),
        ({"dataframe_split": {"columns": ["a", "a"], "data": []}}, "dataframe_split: there are several columns a;"),
        ({"inputs": {"size": [1, 2], "color": ["red"]}},
         "inputs: the columns do not have as many values each: size has 2 and color has 1."),
        ({"inputs": {"size": [1, 2], "color": "red"}}, "inputs: column color is a text, but others are lists."),
        ({"inputs": None}, "inputs is a list of rows or an object of columns, but here it is null."),
        ({"instances": [[1]]}, "instances: row 1 has 1 values, but there are 6 columns: size, color, town, number,"),
        ({"instances": [True]}, "instances: row 1 is true or false, but there are 6 columns"),
        ({"instanses": []}, "This request has 'instanses'; did you mean instances?"),
        ({"inputs": [], "instances": []}, "This request has 'inputs' and 'instances'."),
        ({}, "Send a JSON object with one of dataframe_records, dataframe_split, inputs, instances."),
        ([1], "This request is a list."),
        ("{", "The request is no JSON: Expecting property name enclosed in double quotes (line 1, column 2)."),
        ("[" * 200_000, "The request is no JSON of rows: its lists are nested too deeply."),
        ("9" * 5000, "The request holds a whole number with thousands of digits."),
        (b"\xff", "The request is no UTF-8: byte 1 is wrong."),
        ({"inputs": {**ROW, "town": "\ud800"}}, r"The request holds half a character, \ud800, in a text."),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told(table_model, sent, message):
    error = refused(sent, table_model.model)
    assert error.status == 400
    assert message in error.message


def test_a_column_that_is_missing_is_named_with_the_nearest_that_was_sent(table_model):
    row = {**ROW, "sise": 1}
    del row["size"]
    expected = "There is no column size, which the model was trained on; did you mean sise?"
    for sent in ({"dataframe_records": [row]}, {"inputs": row}, {"instances": [row]}):
        assert refused(sent, table_model.model).message == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The table is empty: it holds only blank lines."),
        (f"{','.join(COLUMNS)}\n1,2\n", "The row in line 2 cannot be read: it has 2 fields, but the header has 6."),
        ("size;color\n1;red\n", "The table has one column when cut at each comma, and its header holds a semicolon."),
        (f'{",".join(COLUMNS)}\n"1,2\n', "The table: the quote that opens in the row of line 2 is never closed."),
    ],
)
def test_what_is_wrong_with_csv_is_told(table_model, text, message):
    assert message in refused(text, table_model.model, "text/csv").message


@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        ("", "Rows come as application/json or text/csv (header Content-Type), but this request does not say what"),
        ("text/html", "but this request is 'text/html'."),
        ("application/json; charset=latin-1", "A request is UTF-8, but this one says charset=latin-1."),
    ],
)
def test_other_kinds_of_contents_are_told(table_model, content_type, message):
    error = refused("{}", table_model.model, content_type)
    assert (error.status, message in error.message) == (415, True)


@pytest.mark.parametrize(("name", "shape"), [("small_images", (2, 4, 3)), ("large_images", (2, 3, 20, 20))])
def test_images_come_as_nested_lists_or_flat(name, shape, request):
    served = request.getfixturevalue(name)
    images = np.random.default_rng(0).integers(0, 256, shape)
    expected = served.model.predict_proba(images)
    column = [{"image": image.tolist()} for image in images]
    for sent in ({"instances": images.tolist()}, {"inputs": images.reshape(2, -1).tolist()},
                 {"dataframe_records": column}):  # fmt: skip
        rows = rows_of(json.dumps(sent).encode(), JSON, served.model)
        found = served.pyfunc.predict(rows).filter(like="probability").to_numpy()
        np.testing.assert_allclose(found, expected, atol=1e-6)
    assert "this one has the shape (1, 1)" in refused({"instances": [[1]]}, served.model).message
    assert "different shapes" in refused({"instances": [[1], [1, 2]]}, served.model).message


def test_of_many_faults_the_first_are_told():
    assert sentences(["a.", "b."]) == "a. b."
    assert sentences([f"{place}." for place in range(9)]) == "0. 1. 2. 3. 4. 4 more columns are wrong."
