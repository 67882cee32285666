import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trainyard.data.divide import TEST, TRAIN, VAL, Shares, apportion, by_group, by_time, randomly, stratified
from trainyard.errors import DataError

shares = st.tuples(st.floats(0.05, 0.45), st.floats(0.05, 0.45)).map(lambda pair: Shares(*pair))
SHARES = Shares(0.15, 0.15)


def rng(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


def counts(parts):
    return {part: int(np.count_nonzero(parts == part)) for part in (TRAIN, VAL, TEST)}


@given(st.integers(20, 500), shares, st.integers(0, 5))
def test_random_parts_have_their_shares(rows, shares, seed):
    parts = randomly(rows, shares, rng(seed))
    assert counts(parts)[VAL] == round(shares.val * rows)
    assert counts(parts)[TEST] == round(shares.test * rows)
    assert parts.tobytes() == randomly(rows, shares, rng(seed)).tobytes()


def test_another_seed_gives_other_parts():
    assert randomly(100, SHARES, rng(0)).tobytes() != randomly(100, SHARES, rng(1)).tobytes()


def test_every_row_may_go_everywhere():
    many = np.stack([randomly(20, SHARES, rng(seed)) for seed in range(200)])
    assert all(len(np.unique(row)) == 3 for row in many.T)


@given(st.lists(st.integers(2, 40), min_size=2, max_size=8), shares, st.integers(0, 5))
def test_stratified_keeps_a_row_of_each_class_in_train(sizes, shares, seed):
    y = rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    wanted = {part: max(1, round(share * len(y))) for part, share in ((VAL, shares.val), (TEST, shares.test))}
    assume(sum(wanted.values()) < len(y))
    parts = stratified(y, shares, rng(seed))
    assert (np.bincount(y[parts == TRAIN], minlength=len(sizes)) > 0).all()
    spare = len(y) - len(sizes)
    found = counts(parts)
    assert found[VAL] + found[TEST] == min(sum(wanted.values()), spare)
    assert 0 < found[VAL] <= wanted[VAL]
    assert 0 < found[TEST] <= wanted[TEST]
    assert parts.tobytes() == stratified(y, shares, rng(seed)).tobytes()


@given(st.lists(st.integers(20, 60), min_size=2, max_size=6), st.integers(0, 5))
def test_stratified_classes_keep_their_shares(sizes, seed):
    y = rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    parts = stratified(y, SHARES, rng(seed))
    for part in (VAL, TEST):
        found = np.bincount(y[parts == part], minlength=len(sizes))
        assert np.abs(found - np.array(sizes) * (found.sum() / len(y))).max() < 1


def test_stratified_shares_are_exact_where_they_can_be():
    y = np.repeat([0, 1], [800, 200])
    parts = stratified(y, SHARES, rng())
    assert np.bincount(y[parts == TEST]).tolist() == [120, 30]
    assert np.bincount(y[parts == VAL]).tolist() == [120, 30]


def test_small_classes_take_turns():
    y = np.repeat(np.arange(20), 2)
    tested = [tuple(np.unique(y[stratified(y, SHARES, rng(seed)) == TEST])) for seed in range(5)]
    assert len(set(tested)) > 1


@given(
    st.lists(st.tuples(st.floats(0, 9), st.integers(0, 9)), min_size=1, max_size=9),
    st.integers(0, 30),
)
def test_apportioned_numbers_add_up(claims_and_most, total):
    claims, most = np.array([pair[0] for pair in claims_and_most]), np.array([pair[1] for pair in claims_and_most])
    claims = claims * (total / max(claims.sum(), 1e-9))
    given_ = apportion(claims, total, most, np.arange(len(claims)))
    assert given_.sum() <= max(total, np.floor(claims).sum())
    assert given_.sum() == min(total, most.sum()) or given_.sum() >= np.minimum(np.floor(claims), most).sum()
    assert (given_ <= most).all()


@given(st.lists(st.integers(1, 30), min_size=3, max_size=60), st.integers(0, 3))
def test_groups_stay_together_and_no_part_is_empty(sizes, seed):
    groups = rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    if len(groups) < 4:
        return
    parts = by_group(groups, SHARES, rng(seed))
    assert all(len(np.unique(parts[groups == group])) == 1 for group in range(len(sizes)))
    assert min(counts(parts).values()) > 0


def test_equal_groups_have_their_shares_and_sizes_mix():
    sizes = np.repeat([1, 5, 20], 40)
    groups = np.repeat(np.arange(120), sizes)
    parts = by_group(groups, SHARES, rng())
    assert abs(counts(parts)[TEST] / len(groups) - 0.15) < 0.03
    assert abs(counts(parts)[VAL] / len(groups) - 0.15) < 0.03
    for part in (TRAIN, VAL, TEST):
        assert set(sizes[np.unique(groups[parts == part])]) == {1, 5, 20}


def test_numbers_of_groups_that_no_row_has():
    groups = np.repeat([7, 100, 3], 10)
    assert counts(by_group(groups, SHARES, rng())) == {TRAIN: 10, VAL: 10, TEST: 10}
    with pytest.raises(DataError, match="The rows have 1 groups"):
        by_group(groups[:10], Shares(0.15, 0), rng())


def test_one_huge_group_trains():
    groups = np.repeat([0, 1, 2, 3, 4], [60, 10, 10, 10, 10])
    parts = by_group(groups, SHARES, rng())
    assert (parts[groups == 0] == TRAIN).all()


@given(st.lists(st.integers(0, 200), min_size=8, max_size=80).filter(lambda times: len(set(times)) > 2))
def test_later_rows_test(times):
    times = np.array(times)
    parts = by_time(times, SHARES)
    assert times[parts == TRAIN].max() < times[parts == VAL].min()
    assert times[parts == VAL].max() < times[parts == TEST].min()


def test_times_cut_where_they_should():
    parts = by_time(np.arange(100)[::-1], SHARES)
    assert counts(parts) == {TRAIN: 70, VAL: 15, TEST: 15}
    assert (parts[:15] == TEST).all()
    assert (parts[15:30] == VAL).all()


def test_parts_without_test():
    only_val = Shares(0.2, 0)
    groups = np.repeat(np.arange(10), 5)
    for parts in (randomly(50, only_val, rng()), stratified(groups % 2, only_val, rng()),
                  by_group(groups, only_val, rng()), by_time(np.arange(50), only_val)):  # fmt: skip
        assert counts(parts) == {TRAIN: 40, VAL: 10, TEST: 0}


@pytest.mark.parametrize(
    ("divide", "fault"),
    [
        (lambda: randomly(2, SHARES, rng()), "Of 2 rows the split would give 1 to val and 1 to test, and none to "
         "train. Add rows, or lower dataset.val_fraction and dataset.test_fraction."),
        (lambda: randomly(1, Shares(0.15, 0), rng()), "Of 1 rows the split would give 1 to val, and none to train. Add "
         "rows, or lower dataset.val_fraction and dataset.test_fraction."),
        (lambda: stratified(np.array([0, 1, 2, 2]), SHARES, rng()), "The classes have so few rows that none is left "
         "for val or test beside one of each class to train on. Add rows."),
        (lambda: by_group(np.array([0, 0, 1, 1]), SHARES, rng()), "The rows have 2 groups, but 3 parts need one each. "
         "Choose another dataset.group, or none."),
        (lambda: by_time(np.array([5, 5, 6, 6]), SHARES), "The rows have 2 different times, but each part needs one. "
         "Choose another dataset.time, or none."),
    ],
)  # fmt: skip
def test_fewer_rows_than_the_split_needs(divide, fault):
    with pytest.raises(DataError) as caught:
        divide()
    assert caught.value.faults == (fault,)
