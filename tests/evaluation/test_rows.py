from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from trainyard.data.source import Source
from trainyard.errors import DataError
from trainyard.evaluation import rows as module
from trainyard.evaluation.choose import lazily, own_rows
from trainyard.evaluation.evaluate import evaluate
from trainyard.evaluation.rows import encode, raw_rows


@pytest.fixture(scope="module")
def source(configs, root):
    return lazily(configs["salmon"], root)()


def test_raw_rows_are_measured_as_prepared_ones_are(salmon, source, tested):
    found = evaluate(salmon, raw_rows(salmon, source, tested["salmon"].numbers))
    assert found.metrics == tested["salmon"].metrics


def test_raw_images_are_measured_as_prepared_ones_are(subjects, configs, root, tested):
    source = lazily(configs["digits"], root)()
    found = evaluate(subjects["digits"], raw_rows(subjects["digits"], source, tested["digits"].numbers))
    assert found.metrics == tested["digits"].metrics


def test_the_table_holds_the_raw_columns_of_the_rows(salmon, configs, root, source, tested):
    table = own_rows(salmon, configs["salmon"], root, "test").table()
    assert table["length_mm"].to_pylist() == tested["salmon"].columns["actual"].tolist()
    assert table.column_names == source.table.column_names


def test_rows_without_a_target_are_left_out_and_counted(salmon, source):
    lengths = [None, *source.table["length_mm"].to_pylist()[1:20]]
    table = source.table.slice(0, 20)
    table = table.set_column(table.column_names.index("length_mm"), "length_mm", pa.array(lengths))
    found = raw_rows(salmon, Source(table=table, digest="", origin="made"))
    assert found.numbers.tolist() == list(range(1, 20))
    assert found.notes == ("1 row without a target left out",)
    assert found.table().num_rows == 19


def test_rows_are_encoded_in_pieces_as_at_once(salmon, source, monkeypatch):
    rows = np.arange(50)
    whole, _ = encode(salmon, source, rows)
    monkeypatch.setattr(module, "PIECE", 7)
    np.testing.assert_array_equal(encode(salmon, source, rows)[0], whole)


def test_images_are_nothing_for_a_model_of_tables(salmon, source):
    with pytest.raises(DataError, match=r"The model takes a table, but these data are images."):
        encode(salmon, replace(source, pixels=object()), np.arange(2))


def test_rows_have_their_weights_where_there_is_a_column_of_them(salmon, source):
    card = {**salmon.packaged.card, "testing": {**salmon.packaged.card["testing"], "weight": "age_years"}}
    weighted = replace(salmon, packaged=_with_card(salmon.packaged, card))
    assert evaluate(weighted, raw_rows(weighted, source)).metrics["mae"] != evaluate(
        salmon, raw_rows(salmon, source)).metrics["mae"]  # fmt: skip
    card["testing"]["weight"] = "absent"
    assert raw_rows(weighted, source).notes == ("rows count alike, as there is no column absent with their weights",)


def _with_card(packaged, card):
    from copy import copy

    other = copy(packaged)
    object.__setattr__(other, "card", card)
    return other
