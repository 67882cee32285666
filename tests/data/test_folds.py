import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.data.folds import fold_by_group, fold_randomly, fold_stratified
from trainyard.errors import DataError


def rng(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


def sizes(fold, folds):
    assert fold.min() >= 0
    return np.bincount(fold, minlength=folds)


@given(st.integers(20, 300), st.integers(2, 10), st.integers(0, 5))
def test_random_folds_have_equally_many_rows(rows, folds, seed):
    fold = fold_randomly(rows, folds, rng(seed))
    assert np.ptp(sizes(fold, folds)) <= 1
    assert len(sizes(fold, folds)) == folds
    assert fold.tobytes() == fold_randomly(rows, folds, rng(seed)).tobytes()


def test_another_seed_gives_other_folds_and_every_row_may_go_everywhere():
    assert fold_randomly(100, 5, rng(0)).tobytes() != fold_randomly(100, 5, rng(1)).tobytes()
    many = np.stack([fold_randomly(20, 3, rng(seed)) for seed in range(200)])
    assert all(len(np.unique(row)) == 3 for row in many.T)


@given(st.lists(st.integers(2, 40), min_size=2, max_size=8), st.integers(2, 5), st.integers(0, 5))
def test_stratified_folds_have_equally_many_rows_of_each_class(counts, folds, seed):
    y = rng(seed).permutation(np.repeat(np.arange(len(counts)), [*counts[:-1], counts[-1] + 2 * folds]))
    fold = fold_stratified(y, folds, rng(seed))
    assert np.ptp(sizes(fold, folds)) <= 1
    for label in range(len(counts)):
        assert np.ptp(sizes(fold[y == label], folds)) <= 1
    assert fold.tobytes() == fold_stratified(y, folds, rng(seed)).tobytes()


@given(st.lists(st.integers(1, 30), min_size=10, max_size=40), st.integers(2, 10), st.integers(0, 5))
def test_groups_stay_together_and_folds_differ_by_one_group_at_most(counts, folds, seed):
    groups = rng(seed).permutation(np.repeat(np.arange(len(counts)), counts)) * 7
    fold = fold_by_group(groups, folds, rng(seed))
    assert all(len(np.unique(fold[groups == group])) == 1 for group in np.unique(groups))
    assert np.ptp(sizes(fold, folds)) <= max(counts)
    assert sizes(fold, folds).min() > 0
    assert fold.tobytes() == fold_by_group(groups, folds, rng(seed)).tobytes()


def test_equal_groups_are_dealt_out_by_the_seed():
    groups = np.repeat(np.arange(12), 3)
    assert fold_by_group(groups, 4, rng(0)).tobytes() != fold_by_group(groups, 4, rng(1)).tobytes()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: fold_randomly(9, 5, rng()), "9 rows are too few for 5 folds"),
        (lambda: fold_stratified(np.array([0, 1] * 4), 5, rng()), "8 rows are too few for 5 folds"),
        (lambda: fold_stratified(np.array([0, 1] * 4 + [2]), 3, rng()), "1 class has a single row"),
        (lambda: fold_by_group(np.arange(4), 5, rng()), "4 groups, too few for 5 folds"),
        (lambda: fold_by_group(np.arange(2), 2, rng()), "2 groups, too few for 2 folds"),
    ],
)
def test_what_cannot_be_folded_is_told(make, words):
    with pytest.raises(DataError, match=words):
        make()
