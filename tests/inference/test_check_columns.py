import copy
import math

import pytest

from tests.inference.packages import make_package
from trainyard.inference import PackageError
from trainyard.inference.check_columns import check_preprocessing, is_number, is_size

SIZE, COLOR, TOWN, _, WILD, SEEN = range(6)  # places of the columns


@pytest.fixture(scope="module")
def preprocessing(tmp_path_factory):
    card, _ = make_package(tmp_path_factory.mktemp("columns") / "model")
    return card["preprocessing"]


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (SIZE, {"fill": None}),
        (SIZE, {"fill": math.inf}),
        (SIZE, {"indicator": 1}),
        (SIZE, {"type": "complex"}),
        (SIZE, {"transform": {"name": "standard", "center": 0, "scale": 0}}),
        (SIZE, {"transform": {"name": "robust", "center": math.nan, "scale": 1}}),
        (SIZE, {"transform": {"name": "quantile", "quantiles": [], "scores": []}}),
        (SIZE, {"transform": {"name": "quantile", "quantiles": [1, 1], "scores": [0, 1]}}),
        (SIZE, {"transform": {"name": "quantile", "quantiles": [1, 2], "scores": [1, 0]}}),
        (COLOR, {"categories": ["red", "red", "blue"]}),
        (COLOR, {"categories": ["red", 1, "blue"]}),
        (COLOR, {"missing": "no"}),
        (COLOR, {"embedded": True}),
        (COLOR, {"categories": ["red"]}),
        (TOWN, {"embedded": False}),
        (WILD, {"indicator": None}),
        (SEEN, {"fill": 2**63}),
        (SEEN, {"written": "backwards"}),
        (SEEN, {"parts": {"century": {"name": "none"}}}),
        (SEEN, {"name": "size"}),
    ],
)
def test_a_column_that_cannot_be_is_refused(preprocessing, place, change):
    altered = copy.deepcopy(preprocessing)
    altered["columns"][place].update(change)
    with pytest.raises(PackageError, match=r"The card contradicts itself in (the column|preprocessing)"):
        check_preprocessing(altered, "float32")


IMAGE = {"kind": "image", "name": "image", "type": "long", "shape": [1, 2, 2], "center": [1.0], "scale": [2.0],
         "low": 0, "high": 9}  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"shape": [1, 2]}, {"shape": [0, 2, 2]}, {"center": [1.0, 2.0]}, {"scale": [0.0]}, {"low": 10}], ids=str
)
def test_images_have_a_shape_and_a_scale(change):
    whole = {"version": 1, "dtype": "float32", "features": [], "embedded": [], "columns": [IMAGE]}
    check_preprocessing(whole, "float32")
    with pytest.raises(PackageError, match=r"of the image|the image"):
        check_preprocessing({**whole, "columns": [{**IMAGE, **change}]}, "float32")


@pytest.mark.parametrize(
    ("value", "number", "size"),
    [(1, True, True), (-1, True, False), (0.5, True, False), (True, False, False), ("1", False, False),
     (math.inf, False, False), (None, False, False)],
)  # fmt: skip
def test_numbers_and_sizes_are_told_from_what_looks_like_them(value, number, size):
    assert (is_number(value), is_size(value)) == (number, size)
