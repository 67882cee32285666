import datetime

import numpy as np
import pyarrow as pa
import pytest

from tests.inference.packages import make_package, package_images
from trainyard.data.encode import Encoder
from trainyard.data.encoders import CategoryEncoder, DatetimeEncoder, NumericEncoder
from trainyard.data.transforms import Identity
from trainyard.errors import DataError
from trainyard.export.raw_inputs import RawInput, category_numbers, raw_inputs
from trainyard.inference import load


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package") / "model"
    make_package(folder)
    return load(folder)


def test_every_raw_column_is_an_input_of_its_kind(model):
    inputs = raw_inputs(model, texts=True, form="onnx")
    assert {each.name: (each.form, each.type) for each in inputs} == {
        "size": ("number", "float64"), "color": ("text", "string"), "town": ("text", "string"),
        "number": ("number", "float64"), "wild": ("flag", "float64"), "seen": ("moment", "int64"),
    }  # fmt: skip
    assert inputs[0].describe() == {"name": "size", "type": "float64", "shape": ["rows"], "missing": "NaN"}


def test_images_are_one_input(tmp_path):
    package_images(tmp_path / "model")
    (image,) = raw_inputs(load(tmp_path / "model"), texts=False, form="torch")
    assert image.describe() == {"name": "image", "type": "float32", "shape": ["rows", 1, 4, 3]}


def test_texts_are_refused_where_a_format_has_none_naming_those_that_have(model):
    with pytest.raises(DataError) as caught:
        raw_inputs(model, texts=False, form="torch")
    assert caught.value.faults == tuple(
        f"The column {name} holds texts, which format=torch does not have; format=onnx and format=package do."
        for name in ("color", "town")
    )


def test_dates_written_as_texts_are_refused_naming_the_format_that_reads_them(model, monkeypatch):
    seen = DatetimeEncoder("seen", "string", "day.month.year", 0, {"year": Identity()}, False)
    monkeypatch.setattr(model, "encoder", Encoder((seen,), "float32"))
    with pytest.raises(DataError) as caught:
        raw_inputs(model, texts=True, form="onnx")
    assert caught.value.faults == (
        "The column seen holds dates that are written as texts, which format=onnx cannot read; format=package can.",
    )


@pytest.mark.parametrize(
    ("encoder", "form", "column", "expected"),
    [
        (NumericEncoder("a", "string", 0.0, Identity(), False), "number", ["1.5", None], [1.5, np.nan]),
        (CategoryEncoder("a", "double", ("0.1",), False, False), "number",
         pa.array([0.1, None], pa.float32()), [0.1, np.nan]),
        (CategoryEncoder("a", "boolean", ("true",), True, False), "number", [True, None], [1.0, np.nan]),
        (CategoryEncoder("a", "string", ("x",), False, False), "text", [" x ", None], ["x", ""]),
        (DatetimeEncoder("a", "datetime", "year-month-day", 0, {}, False), "moment",
         [datetime.date(1970, 1, 2), None], [86_400_000_000, -(2**63)]),
    ],
)  # fmt: skip
def test_raw_values_become_tensors_with_missing_ones_as_the_signature_says(encoder, form, column, expected):
    types = {"number": "float64", "text": "string", "moment": "int64"}
    found = RawInput("a", form, types[form], encoder=encoder).values(pa.chunked_array([pa.array(column)]))
    np.testing.assert_array_equal(found, np.array(expected, dtype=found.dtype))


def test_categories_are_numbers_only_where_numbers_tell_them_apart():
    assert category_numbers(CategoryEncoder("a", "long", ("1", "30"), False, True)) == (1.0, 30.0)
    assert category_numbers(CategoryEncoder("a", "boolean", ("false", "true"), False, True)) == (0.0, 1.0)
    assert category_numbers(CategoryEncoder("a", "long", (str(2**60), str(2**60 + 1)), False, True)) is None
    assert category_numbers(CategoryEncoder("a", "string", ("1", "2"), False, True)) is None
