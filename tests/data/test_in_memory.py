import numpy as np
import pyarrow as pa
import pytest

from trainyard.config.compose import compose
from trainyard.data.in_memory import prepare_alike, prepare_given, prepare_in_memory, without_rows
from trainyard.data.prepare import prepare
from trainyard.data.source import Source
from trainyard.data.target import Target

ROWS = 40
X = np.random.default_rng(0).normal(size=ROWS)


def given(y=X * 3 + 5, weight=None):
    config = compose(["dataset=iris"])
    source = Source(table=pa.table({"x": X}), digest="", origin="here")
    target = Target("regression", "asked for", y[:, None], None)
    return prepare_given(source, config.dataset, target, weight=weight, held_out=np.array([5, 3]), double=True)


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_a_dataset_is_what_it_is_by_way_of_the_cache(tmp_path, name):
    dataset = compose([f"dataset={name}"]).dataset
    here = prepare_in_memory(dataset, task="auto", double=False)
    cached = prepare(dataset, task="auto", double=False, root=tmp_path)
    assert (here.preprocessing, here.classes, here.digest) == (cached.preprocessing, cached.classes, cached.digest)
    for part in ("train", "val", "test"):
        one, other = getattr(here, part), getattr(cached, part)
        assert all(np.array_equal(getattr(one, field), getattr(other, field)) for field in ("x", "codes", "y", "rows"))
        assert one.x.dtype == other.x.dtype


def test_rows_held_out_are_the_validation_and_the_others_what_is_fitted_on():
    prepared = given()
    kept = np.delete(X, [3, 5])
    assert prepared.val.rows.tolist() == [3, 5]
    assert len(prepared.test) == 0
    np.testing.assert_allclose(prepared.train.x[:, 0], (kept - kept.mean()) / kept.std())
    np.testing.assert_allclose(prepared.target_mean, (kept * 3 + 5).mean())


def test_a_weight_of_two_is_a_row_that_is_there_twice():
    weight = np.ones(ROWS)
    weight[0] = 2
    kept = np.r_[np.delete(X, [3, 5]), X[0]]
    np.testing.assert_allclose(given(weight=weight).target_mean, (kept * 3 + 5).mean())


def test_other_rows_are_seen_as_the_first_were():
    first = given()
    target = Target("regression", "asked for", (X * 3 + 5)[:, None], None)
    again = prepare_alike(first, pa.table({"x": X}), target, weight=None, held_out=np.array([5, 3]))
    np.testing.assert_array_equal(again.train.x, first.train.x)
    np.testing.assert_allclose(again.train.y, first.train.y)
    shifted = prepare_alike(
        first, pa.table({"x": X + 1}), target, weight=None, held_out=np.array([], np.int64), digest="d"
    )
    assert shifted.train.x.mean() > 0.5
    assert (shifted.digest, shifted.summary.rows) == ("d", {"train": ROWS, "val": 0, "test": 0})


def test_what_was_decided_stays_without_the_rows():
    left = without_rows(given())
    assert len(left.train) == len(left.val) == 0
    assert left.preprocessing == given().preprocessing
