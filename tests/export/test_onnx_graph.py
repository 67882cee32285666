import importlib.util

import numpy as np
import onnxruntime
import pytest

from tests.export.models import mixed_model, mixed_table
from tests.inference.packages import make_package, raw_table
from trainyard.errors import TrainyardError
from trainyard.export.onnx_graph import label_array, onnx_model, require_onnx, spellings
from trainyard.export.raw_inputs import raw_inputs
from trainyard.inference import load


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(model, inputs, session) of a classifier over a mixed table."""
    model, _ = mixed_model(tmp_path_factory.mktemp("package") / "model")
    inputs = raw_inputs(model, texts=True, form="onnx")
    return model, inputs, onnxruntime.InferenceSession(onnx_model(model, inputs).SerializeToString())


def test_one_graph_goes_from_raw_columns_to_labels_and_probabilities(made):
    model, inputs, session = made
    assert [value.name for value in session.get_inputs()] == list(model.columns)
    assert [value.name for value in session.get_outputs()] == ["prediction", "probabilities"]
    table = mixed_table(seed=5)
    labels, probabilities = session.run(None, {each.name: each.values(table[each.name]) for each in inputs})
    assert np.array_equal(labels, model.predict(table))
    assert probabilities == pytest.approx(model.predict_proba(table), abs=1e-6)


def test_the_graph_takes_any_number_of_rows(made):
    model, inputs, session = made
    table = mixed_table()
    for count in (0, 1, 7):
        some = table.slice(0, count)
        labels, probabilities = session.run(None, {each.name: each.values(some[each.name]) for each in inputs})
        assert len(labels) == count
        assert probabilities == pytest.approx(model.predict_proba(some), abs=1e-6)


def test_categories_never_seen_and_words_for_flags_are_as_the_model_has_them(made):
    model, inputs, session = made
    row = {"size": 30.0, "color": "violet", "town": "", "number": 7, "wild": None, "seen": "2020-03-01",
           "paid": "YeS", "zone": 99, "skewed": 1.0}  # fmt: skip
    values = {"color": "violet", "town": "", "paid": "YeS", "wild": np.nan, "seen": 1583020800000000}
    types = {"string": object, "float64": np.float64, "int64": np.int64}
    given = {each.name: np.array([values.get(each.name, row[each.name])], types[each.type]) for each in inputs}
    assert session.run(["probabilities"], given)[0] == pytest.approx(model.predict_proba([row]), abs=1e-6)


def test_a_column_may_be_called_like_anything_inside_the_graph(tmp_path):
    make_package(tmp_path / "model")
    model = load(tmp_path / "model")
    inputs = raw_inputs(model, texts=True, form="onnx")
    graph = onnx_model(model, inputs).graph
    assert all(name.startswith("inside/") for node in graph.node for name in node.output
               if name not in ("prediction", "probabilities"))  # fmt: skip


def test_labels_keep_their_type(tmp_path):
    make_package(tmp_path / "model")
    assert label_array(load(tmp_path / "model")).tolist() == ["big", "small"]
    model = load(tmp_path / "model")
    model.classes = (1, 2)
    assert label_array(model).dtype == np.int64
    model.classes = (True, False)
    assert label_array(model).dtype == np.bool_


def test_all_spellings_of_a_word_count():
    assert sorted(spellings("no")) == ["NO", "No", "nO", "no"]
    assert list(spellings("1")) == ["1"]


def test_packages_that_are_missing_are_named_with_what_installs_them(monkeypatch):
    require_onnx()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(TrainyardError, match="pip install onnx onnxruntime onnxscript"):
        require_onnx()


def test_a_regressor_gives_a_column_a_target(tmp_path):
    make_package(tmp_path / "model", target=("length", "width"), ignore=("label",))
    model = load(tmp_path / "model")
    inputs = raw_inputs(model, texts=True, form="onnx")
    session = onnxruntime.InferenceSession(onnx_model(model, inputs).SerializeToString())
    found = session.run(None, {each.name: each.values(raw_table()[each.name]) for each in inputs})
    assert [value.name for value in session.get_outputs()] == ["length", "width"]
    assert np.stack(found, axis=1) == pytest.approx(model.predict(raw_table()), rel=1e-5)
