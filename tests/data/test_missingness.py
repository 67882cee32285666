import numpy as np
import pytest
from scipy.stats import chi2_contingency, ttest_ind

from trainyard.data.missingness import missing_tells
from trainyard.data.target import Target

ROWS = 400


def tells(absent, y, classes=None):
    target = Target("classification" if classes else "regression", "", y, classes)
    return missing_tells(absent, target, np.arange(len(y)))


@pytest.mark.parametrize("seed", range(40))
def test_classes_agree_with_the_chi_squared_test(seed):
    rng = np.random.default_rng(seed)
    absent = rng.random(ROWS) < 0.2
    y = (rng.integers(0, 3, ROWS) + (absent & (rng.random(ROWS) < 0.015 * seed))) % 3
    table = np.stack([np.bincount(y[absent], minlength=3), np.bincount(y[~absent], minlength=3)])
    p = chi2_contingency(table, correction=False).pvalue
    if abs(p - 0.05) > 0.005:
        assert tells(absent, y, ("a", "b", "c")) == (p < 0.05)


@pytest.mark.parametrize("seed", range(40))
def test_numbers_agree_with_welch(seed):
    rng = np.random.default_rng(seed)
    absent = rng.random(ROWS) < 0.2
    y = rng.normal(size=ROWS) + 0.02 * seed * absent
    p = ttest_ind(y[absent], y[~absent], equal_var=False).pvalue
    if abs(p - 0.05) > 0.005:
        assert tells(absent, y[:, None]) == (p < 0.05)


def test_any_of_several_targets_counts():
    absent = np.arange(ROWS) < 50
    y = np.random.default_rng(0).normal(size=(ROWS, 2))
    assert not tells(absent, y)
    assert tells(absent, y + np.outer(absent, [0, 5]))


def test_too_few_rows_tell_nothing():
    y = np.arange(ROWS) // 4 * 1.0
    assert not tells(np.arange(ROWS) < 4, y[:, None])
    assert tells(np.arange(ROWS) < 5, y[:, None])
    assert not tells(np.arange(ROWS) >= 4, y[:, None])


def test_a_constant_part_tells_nothing():
    absent = np.arange(20) < 10
    assert not tells(absent, np.zeros(20, int), ("a", "b"))
    assert not tells(absent, np.zeros((20, 1)))
    assert tells(absent, absent.astype(int), ("a", "b"))
    assert tells(absent, absent[:, None] * 1e300)
