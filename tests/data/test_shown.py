import numpy as np
import pytest

from trainyard.data.shown import UNKNOWN, shown_columns, untransformed
from trainyard.data.transforms import fit_quantile, fit_robust, fit_standard, transform_to_dict


def shown(column, x=((0.0,),), codes=((0,),)):
    return shown_columns({"columns": [{"name": "c", **column}]}, np.array(x, np.float32), np.array(codes))["c"]


@pytest.mark.parametrize("fit", [fit_standard, fit_robust, fit_quantile])
def test_a_transform_is_undone_within_its_bounds(fit):
    values = np.random.default_rng(0).gamma(2, 30, 400)
    transform = fit(values, None)
    back = untransformed(transform_to_dict(transform), transform(values))
    middle = (values > np.quantile(values, 0.02)) & (values < np.quantile(values, 0.98))
    assert back[middle] == pytest.approx(values[middle], rel=1e-3)


def test_numbers_are_whole_where_they_are_and_none_where_they_are_marked_as_missing():
    column = {"kind": "numeric", "transform": {"name": "none"}, "indicator": True}
    assert shown(column, [[3.0, 0], [2.5, 0], [0.0, 1]]) == [3, 2.5, None]


def test_categories_come_back_by_code_and_by_their_one_hot_columns():
    column = {"kind": "category", "categories": ["a", "b"], "missing": True}
    hot = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert shown({**column, "embedded": False}, hot) == ["a", "b", None, UNKNOWN]
    assert shown({**column, "embedded": True}, np.zeros((4, 0)), [[1], [2], [3], [0]]) == ["a", "b", None, UNKNOWN]


def test_truth_is_told_by_its_sign():
    assert shown({"kind": "boolean", "indicator": False}, [[1], [-1], [0]]) == [True, False, None]


def test_moments_are_dates_or_the_parts_that_are_seen():
    plain = {"name": "none"}
    column = {"kind": "datetime", "indicator": False}
    assert shown({**column, "parts": {"elapsed": plain}}, [[0], [365]]) == ["1970-01-01", "1971-01-01"]
    parts = {"year": plain, "time sin": plain, "time cos": plain}
    assert shown({**column, "parts": parts}, [[2019, 1, 0], [2020, 0, 1]]) == ["2019 06:00", "2020 00:00"]
