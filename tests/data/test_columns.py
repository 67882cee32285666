import datetime

import numpy as np
import pytest

from tests.data.tables import csv, source_of
from trainyard.config.schema.dataset_keys import Column
from trainyard.data.columns import check_names, choose_columns
from trainyard.data.summary import LeftOut

Y = [1, 0, *range(2, 60)]
DAYS = [datetime.date(2020, 1, 1) + datetime.timedelta(days=day) for day in range(60)]


def choose(columns, dataset=None, train=None, **fields):
    source = source_of({**columns, "y": Y}, **fields)
    rows = np.arange(60) if train is None else np.array(train)
    return choose_columns(dataset or csv(), source.table, rows, source.where)


def kinds(chosen):
    return {feature.name: feature.kind for feature in chosen.features}


def test_names_that_are_no_columns():
    source = source_of({"price": [1.0], "area": [2.0], "house_id": [3]})
    dataset = csv(("prize",), ignore=("aera",), group="houseid", time="day", weight="w", columns={"Area": Column()})
    assert list(check_names(source, dataset)) == [
        "table.csv has no column prize (dataset.target=prize); did you mean price?",
        "table.csv has no column aera (dataset.ignore=aera); did you mean area?",
        "table.csv has no column houseid (dataset.group=houseid); did you mean house_id?",
        "table.csv has no column w (dataset.weight=w).",
        "table.csv has no column day (dataset.time=day).",
        "table.csv has no column Area (dataset.columns.Area); did you mean area?",
    ]


def test_keys_of_the_split_are_no_features():
    columns = {"x": Y, "junk": Y, "part": ["train"] * 60, "who": [1] * 60, "w": [1] * 60, "when": Y}
    chosen = choose(columns, csv(ignore=("junk",), split_column="part", group="who", weight="w", time="when"))
    assert kinds(chosen) == {"x": "numeric"}
    assert chosen.left_out == [
        LeftOut("junk", "is in dataset.ignore"),
        LeftOut("part", "says the part of each row (dataset.split_column)"),
        LeftOut("who", "groups the rows of the split (dataset.group)"),
        LeftOut("w", "holds the weights of the rows (dataset.weight)"),
        LeftOut("when", "orders the rows (dataset.time)"),
    ]


def test_a_key_of_the_split_becomes_a_feature_when_asked():
    chosen = choose({"who": [1, 2] * 30}, csv(group="who", columns={"who": Column(kind="category")}))
    assert kinds(chosen) == {"who": "category"}


def test_the_time_is_a_date_that_does_not_rise():
    chosen = choose({"when": DAYS}, csv(time="when"))
    assert [(feature.kind, feature.rising) for feature in chosen.features] == [("datetime", False)]
    chosen = choose({"when": DAYS}, csv(time="when", columns={"when": Column(kind="datetime")}))
    assert [(feature.kind, feature.rising) for feature in chosen.features] == [("datetime", True)]


@pytest.mark.parametrize(
    ("values", "override", "kind"),
    [
        ([1, 2] * 30, Column(kind="category"), "category"),
        ([1, 2] * 30, Column(encoding="embedding"), "category"),
        ([0, 1] * 30, Column(kind="boolean"), "boolean"),
        ([20200101 + day % 28 for day in range(60)], Column(kind="datetime"), "datetime"),
        ([str(number) for number in Y], Column(kind="category"), "category"),
        ([f"name {number}" for number in Y], Column(kind="category"), "category"),
        (DAYS, Column(kind="category"), "category"),
    ],
)
def test_kinds_that_are_given(values, override, kind):
    assert kinds(choose({"x": values}, csv(columns={"x": override}))) == {"x": kind}


def test_transforms_of_the_dataset_and_of_a_column():
    dataset = csv(transform="robust", columns={"b": Column(transform="none")})
    chosen = choose({"a": Y, "b": Y}, dataset)
    assert [feature.transform for feature in chosen.features] == ["robust", "none"]


def test_a_constant_is_left_out_whatever_it_is_said_to_be():
    chosen = choose({"x": Y, "c": [3] * 60}, csv(columns={"c": Column(kind="category")}))
    assert chosen.left_out == [LeftOut("c", "is always 3 in the training part")]
    chosen = choose({"x": Y, "c": [3] * 60}, csv(columns={"c": Column(kind="ignore")}))
    assert chosen.left_out == [LeftOut("c", "is ignored (dataset.columns.c.kind)")]


def test_only_training_rows_decide():
    texts = ["5"] * 30 + ["6"] * 10 + ["five"] * 20
    chosen = choose({"x": texts, "z": Y}, train=range(40))
    assert kinds(chosen) == {"z": "numeric"}
    assert chosen.faults == ["Column x holds 'five' (table.csv, row 41), which is not a number. 20 of its 60 values "
                             "are no numbers. If it means missing, name it in dataset.missing_values; or set "
                             "dataset.columns.x.kind=category (or ignore)."]  # fmt: skip


def test_values_that_do_not_fit_are_named_all_at_once():
    numbers = [str(number) for number in Y]
    columns = {"a": [1.0, float("inf")] * 30, "b": [*numbers[:-1], "n.a."], "c": [*map(str, DAYS[:-1]), "someday"],
               "d": Y}  # fmt: skip
    chosen = choose(columns, csv(columns={"d": Column(kind="boolean")}))
    assert chosen.faults == [
        "Column a holds inf (table.csv, row 2), which is not a finite number. Correct it, or leave the column out with "
        "dataset.ignore=[a].",
        "Column b holds 'n.a.' (table.csv, row 60), which is not a number. 1 of its 60 values are no numbers. If it "
        "means missing, name it in dataset.missing_values; or set dataset.columns.b.kind=category (or ignore).",
        "Column c holds 'someday' (table.csv, row 60), which is not a date written year-month-day. If it means "
        "missing, name it in dataset.missing_values; or set dataset.columns.c.kind=category (or ignore).",
        "Column d holds 2 (table.csv, row 3), which is not true or false. Correct it, or leave the column out with "
        "dataset.ignore=[d].",
    ]


def test_a_comma_for_a_decimal_mark():
    assert choose({"x": [f"{number},5" for number in range(60)]}).faults == [
        "Column x holds '0,5' (table.csv, row 1), which is not a number. If the comma is its decimal mark, set "
        "dataset.decimal=','."
    ]


def test_a_column_that_numbers_the_rows_is_an_identifier_whatever_its_name():
    rows = np.setdiff1d(np.arange(60), [0, 7, 8, 30])
    chosen = choose({"n": range(1000, 1060), "x": Y, "down": range(60, 0, -1)}, train=rows)
    assert kinds(chosen) == {"x": "numeric", "down": "numeric"}
    reason = "is an identifier: it numbers the rows; dataset.columns.n.kind=numeric makes it a number"
    assert chosen.left_out == [LeftOut("n", reason)]
    assert kinds(choose({"n": range(60)}, csv(columns={"n": Column(kind="numeric")}))) == {"n": "numeric"}
    assert kinds(choose({"n": range(60)}, train=range(9))) == {"n": "numeric"}


def test_rows_are_numbered_as_in_the_source_where_others_were_dropped():
    source = source_of({"n": [row for row in range(60) if row % 3], "y": [row % 5 for row in range(40)]})
    rows = np.array(source.table["n"])
    for known, left_out in ((rows, 1), (None, 0)):
        chosen = choose_columns(csv(), source.table, np.arange(40), source.where, known)
        assert len(chosen.left_out) == left_out


def test_a_table_without_a_feature():
    assert choose({}).faults == ["No column is left to predict from: there is only the target."]
    assert choose({"c": [1] * 60, "id": Y}).faults == [
        "No column is left to predict from: c is always 1 in the training part; id is an identifier: every value is "
        "different."
    ]
