import datetime

import numpy as np
import pytest

from tests.data.tables import column
from trainyard.data.columns import Feature
from trainyard.data.encoders import BooleanEncoder, CategoryEncoder, DatetimeEncoder, NumericEncoder
from trainyard.data.fit import Fit, natural
from trainyard.data.target import Target
from trainyard.data.transforms import FITS, Identity, Standard

ROWS = 40
Y = np.arange(ROWS) % 2


def fit(weight=None, limit=16):
    target = Target("classification", "", Y, ("a", "b"))
    return Fit(target, np.arange(ROWS), None if weight is None else np.array(weight, float), limit)


def test_numbers_with_signal_in_what_is_missing():
    values = [None if y and row > 20 else float(row) for row, y in enumerate(Y)]
    known = [value for value in values if value is not None]
    encoder = fit().column(Feature("x", "numeric", "robust"), column(*values))
    expected = FITS["robust"](np.array(known), None)
    assert encoder == NumericEncoder("x", "double", fill=sorted(known)[(len(known) - 1) // 2], transform=expected,
                                     indicator=True)  # fmt: skip


def test_numbers_that_are_missing_by_chance():
    values = [None if row < 20 else float(row) for row in range(ROWS)]
    assert not fit().column(Feature("x", "numeric", "standard"), column(*values)).indicator


def test_weights_shape_the_fit():
    weight = [1] * 39 + [100]
    encoder = fit(weight).column(Feature("x", "numeric", "standard"), column(*range(ROWS)))
    assert encoder.fill == 39
    repeated = np.append(np.arange(39.0), [39.0] * 100)
    np.testing.assert_allclose([encoder.transform.center, encoder.transform.scale], [repeated.mean(), repeated.std()])


def test_flags():
    values = [None if y and row > 10 else row % 3 == 0 for row, y in enumerate(Y)]
    assert fit().column(Feature("x", "boolean", "standard"), column(*values)) == BooleanEncoder("x", "boolean", True)


@pytest.mark.parametrize(
    ("values", "feature", "limit", "expected"),
    [
        (["b", "a10", "a9", None] * 10, {}, 3, CategoryEncoder("x", "string", ("a9", "a10", "b"), True, False)),
        (["b", "a10", "a9", None] * 10, {}, 2, CategoryEncoder("x", "string", ("a9", "a10", "b"), True, True)),
        ([10, 9, 9, 10] * 10, {}, 9, CategoryEncoder("x", "long", ("9", "10"), False, False)),
        ([10, 9, None, 10] * 10, {}, 9, CategoryEncoder("x", "double", ("9", "10"), True, False)),
        (["b", "a"] * 20, {"encoding": "embedding"}, 9, CategoryEncoder("x", "string", ("a", "b"), False, True)),
        (["b", "a"] * 20, {"encoding": "one_hot"}, 1, CategoryEncoder("x", "string", ("a", "b"), False, False)),
        (["b"] * 38 + ["c", None], {}, 9, CategoryEncoder("x", "string", ("b", "c"), True, False)),
        (["b"] * 38 + ["c", None], {}, 1, CategoryEncoder("x", "string", ("b",), False, True)),
    ],
)
def test_categories(values, feature, limit, expected):
    assert fit(limit=limit).column(Feature("x", "category", "standard", **feature), column(*values)) == expected


def test_an_embedding_without_a_category_that_repeats():
    values = [f"name {row}" for row in range(ROWS)]
    reason = fit().column(Feature("x", "category", "standard"), column(*values))
    assert reason == "has no value twice in the training part"


def moments(step):
    return [datetime.datetime(2020, 1, 1, 12) + row * step for row in range(ROWS)]


@pytest.mark.parametrize(
    ("step", "rising", "parts"),
    [
        (datetime.timedelta(days=30), True, "year elapsed month sin month cos weekday sin weekday cos"),
        (datetime.timedelta(days=30), False, "month sin month cos weekday sin weekday cos"),
        (datetime.timedelta(minutes=30), True, "elapsed weekday sin weekday cos time sin time cos"),
        (datetime.timedelta(days=7 * 53), False, "month sin month cos"),
    ],
)
def test_the_parts_of_dates_that_differ(step, rising, parts):
    encoder = fit().column(Feature("x", "datetime", "standard", rising=rising), column(*moments(step)))
    assert isinstance(encoder, DatetimeEncoder)
    assert " ".join(encoder.parts) == parts
    assert {type(transform) for part, transform in encoder.parts.items() if part in ("year", "elapsed")} <= {Standard}
    assert encoder.parts["weekday sin" if "weekday" in parts else "month sin"] == Identity()
    assert np.datetime64(encoder.fill, "us") == np.datetime64(moments(step)[19], "us")
    assert (encoder.type, encoder.indicator) == ("datetime", False)


def test_dates_that_only_rise():
    values = [datetime.date(2021, 1, 1), datetime.date(2027, 1, 1)] * 20  # Fridays both
    feature = Feature("x", "datetime", "standard", rising=False)
    assert fit().column(feature, column(*values)) == (
        "has no parts that differ in the training part, besides the elapsed time"
    )


def test_texts_are_sorted_with_their_numbers_by_value():
    assert sorted(["10", "9", "a10", "a2", "a", "-1"], key=natural) == ["9", "10", "-1", "a", "a2", "a10"]
