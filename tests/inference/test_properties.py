"""What must hold for any rows: neither their order nor how they are cut, typed or named in passing changes a number."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.inference.packages import COLUMNS, make_package
from trainyard.inference import load

TOLERANCE = 1e-5
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

VALUES = {
    "size": st.none() | st.floats(-1e6, 1e6) | st.integers(-1000, 1000),
    "color": st.none() | st.sampled_from(["red", "green", "blue", "mauve", "", " red "]),
    "town": st.none() | st.sampled_from([f"town {number}" for number in range(14)]),
    "number": st.none() | st.integers(0, 60),
    "wild": st.none() | st.booleans(),
    "seen": st.none() | st.dates(),
}
ROWS = st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("properties") / "model"
    make_package(folder)
    return load(folder)


@given(rows=ROWS, data=st.data())
@quick
def test_order_and_cuts_of_rows_do_not_matter(model, rows, data):
    whole = model.predict_proba(rows)
    assert np.isfinite(whole).all()
    order = data.draw(st.permutations(range(len(rows))))
    shuffled = [rows[place] for place in order]
    cut = data.draw(st.integers(0, len(rows)))
    parts = [model.predict_proba(part) for part in (shuffled[:cut], shuffled[cut:]) if part]
    np.testing.assert_allclose(np.concatenate(parts), whole[order], atol=TOLERANCE)


@given(rows=ROWS, data=st.data())
@quick
def test_neither_do_other_columns_or_the_order_of_columns(model, rows, data):
    names = data.draw(st.permutations([*COLUMNS, "other", "label"]))
    table = pa.Table.from_pylist(rows, schema=pa.schema([
        ("size", pa.float64()), ("color", pa.string()), ("town", pa.string()), ("number", pa.int64()),
        ("wild", pa.bool_()), ("seen", pa.date32()),
    ]))  # fmt: skip
    for name in ("other", "label"):
        table = table.append_column(name, pa.array([name] * len(rows)))
    np.testing.assert_array_equal(model.predict_proba(table.select(names)), model.predict_proba(rows))


@given(number=st.integers(0, 60), kind=st.sampled_from(
    [pa.int8(), pa.uint16(), pa.int32(), pa.float32(), pa.float64(), pa.decimal128(22, 3), pa.string()]
))  # fmt: skip
@quick
def test_neither_does_the_type_of_a_number(model, number, kind):
    row = {name: [None] for name in COLUMNS}
    values = pa.array([str(number)]) if pa.types.is_string(kind) else pa.array([number]).cast(kind)
    np.testing.assert_array_equal(
        model.predict_proba(pa.table({**row, "number": values})),
        model.predict_proba(pa.table({**row, "number": [number]})),
    )


@given(rows=ROWS)
@quick
def test_labels_are_those_of_the_card_and_probabilities_add_up(model, rows):
    probability = model.predict_proba(rows)
    np.testing.assert_allclose(probability.sum(1), 1, atol=1e-12)
    assert set(model.predict(rows)) <= set(model.classes)
