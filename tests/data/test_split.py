import datetime

import numpy as np
import pytest

from tests.data.tables import csv, source_of
from trainyard.data.split import split_rows
from trainyard.data.target import Target
from trainyard.errors import DataError

ROWS = 200
NUMBERS = Target("regression", "", np.arange(ROWS, dtype=float)[:, None], None)
CLASSES = Target("classification", "", np.arange(ROWS) % 4 % 3, ("a", "b", "c"))
GROUPS = [f"patient {row // 5}" for row in range(ROWS)]
DAYS = [datetime.date(2020, 1, 1) + datetime.timedelta(days=(row * 37) % ROWS) for row in range(ROWS)]


def split(columns=None, target=NUMBERS, files=None, **options):
    source = source_of({"x": list(range(ROWS)), **(columns or {})})
    return split_rows(source.table, csv(**options), files, target, source.where)


def parts(found):
    return [found.train, found.val, found.test]


def fault_of(**arguments):
    with pytest.raises(DataError) as caught:
        split(**arguments)
    assert len(caught.value.faults) == 1
    return caught.value.faults[0]


@pytest.mark.parametrize(
    ("target", "columns", "options", "how"),
    [
        (NUMBERS, {}, {}, "random"),
        (CLASSES, {}, {}, "random, stratified by class"),
        (CLASSES, {}, {"split": "random"}, "random"),
        (CLASSES, {"g": GROUPS}, {"group": "g"}, "by group (g)"),
        (CLASSES, {"t": DAYS}, {"time": "t"}, "by time (t)"),
        (NUMBERS, {"t": DAYS, "g": GROUPS}, {"time": "t", "group": "g"}, "by group (g)"),
        (NUMBERS, {"t": DAYS, "g": GROUPS}, {"time": "t", "group": "g", "split": "time"}, "by time (t)"),
        (NUMBERS, {"p": ["Train", "dev ", "TEST", "training"] * 50}, {"split_column": "p"}, "by p"),
    ],
)
def test_every_row_has_one_part_and_the_keys_choose_how(target, columns, options, how):
    found = split(columns, target, **options)
    assert found.how == how
    assert sorted(np.concatenate(parts(found)).tolist()) == list(range(ROWS))
    for rows in parts(found):
        assert len(rows)
        assert (np.diff(rows) > 0).all()
    again = split(columns, target, **options)
    assert all(np.array_equal(one, other) for one, other in zip(parts(found), parts(again), strict=True))


def test_the_seed_of_the_split():
    assert not np.array_equal(split(split_seed=0).test, split(split_seed=1).test)


@pytest.mark.parametrize("groups", [GROUPS, [row // 5 for row in range(ROWS)], [row // 5 / 4 for row in range(ROWS)]])
def test_groups_of_any_type_stay_together(groups):
    found = split({"g": groups}, group="g")
    values = [set(np.array(groups)[rows]) for rows in parts(found)]
    assert not values[0] & values[1] | values[0] & values[2] | values[1] & values[2]


@pytest.mark.parametrize("times", [DAYS, [day.toordinal() for day in DAYS], [f"{day:%d.%m.%Y}" for day in DAYS],
                                   [f"{day.toordinal():08}" for day in DAYS],
                                   [day.toordinal() / 7 for day in DAYS]])  # fmt: skip
def test_times_of_any_type_are_in_order(times):
    found = split({"t": times}, time="t")
    first, middle, last = ([DAYS[row] for row in rows] for rows in parts(found))
    assert max(first) < min(middle)
    assert max(middle) < min(last)


def test_parts_named_in_a_column():
    names = ["train"] * 100 + ["validation"] * 40 + ["holdout"] * 60
    found = split({"p": names}, split_column="p")
    assert [rows.tolist() for rows in parts(found)] == [
        list(range(100)), list(range(100, 140)), list(range(140, 200)),
    ]  # fmt: skip


@pytest.mark.parametrize("given", ["column", "files"])
def test_val_is_cut_from_train_where_it_is_not_given(given):
    names = np.array(["train"] * 100 + ["test"] * 100)
    options = {"columns": {"p": names.tolist()}, "split_column": "p"} if given == "column" else {"files": names}
    found = split(**options, target=CLASSES)
    assert found.test.tolist() == list(range(100, 200))
    assert len(found.val) == 15
    assert np.bincount(CLASSES.y[found.val]).tolist() == [7, 4, 4]
    assert max(found.val) < 100


def test_val_is_cut_from_train_by_group():
    names = np.array(["train"] * 100 + ["test"] * 100)
    found = split({"g": GROUPS}, files=names, group="g")
    assert not {GROUPS[row] for row in found.val} & {GROUPS[row] for row in found.train}
    assert found.notes == ()


def test_groups_in_several_given_parts_are_noted():
    found = split({"g": GROUPS}, files=np.array(["train", "test"] * 100), group="g")
    assert found.notes == ("40 values of g have rows in more than one part.",)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"columns": {"p": ["train", "test", "later", "test"] * 50}, "split_column": "p"},
         "Column p holds 'later' (table.csv, row 3), which names no part of the split. These do: train: train, "
         "training, fit; val: val, valid, validation, dev, development, eval; test: test, testing, holdout, hold-out."),
        ({"columns": {"p": ["train", None, "test", "test"] * 50}, "split_column": "p"},
         "50 of 200 rows have no p, the part that divides them, first table.csv, row 2. Complete them or leave them "
         "out."),
        ({"columns": {"p": ["train", "val"] * 100}, "split_column": "p"},
         "The split has no test rows. Each of train and test needs one at least."),
        ({"columns": {"g": ["a", "b", "c", None] * 50}, "group": "g"},
         "50 of 200 rows have no g, the group that divides them, first table.csv, row 4. Complete them or leave them "
         "out."),
        ({"columns": {"t": [*range(199), None]}, "time": "t"},
         "1 of 200 rows has no t, the time that divides them, first table.csv, row 200. Complete them or leave them "
         "out."),
        ({"columns": {"t": ["2020-01-01", "soon"] * 100}, "time": "t"},
         "The rows cannot be ordered by time. Column t holds 'soon' (table.csv, row 2), which is not a date written "
         "year-month-day."),
        ({"split": "stratified"},
         "dataset.split=stratified needs classes, but the target is a number. Set dataset.split=random."),
        ({"columns": {"t": list(range(200))}, "time": "t", "target": Target("classification", "",
          np.repeat([0, 1], [180, 20]), ("old", "new"))},
         "The class 'new' has none of its 20 rows in the training part. Leave its rows out, or divide the rows in "
         "another way."),
        ({"columns": {"g": np.repeat([0, 1, 2, 3], 50)}, "group": "g", "target": Target("classification", "",
          np.repeat([0, 1, 2, 3], 50), (0, 1, 2, 3))},
         "2 classes have no row in the training part, among them 0 (50 elsewhere). Try another dataset.split_seed, "
         "or leave its rows out."),
    ],
)  # fmt: skip
def test_splits_that_cannot_be(arguments, fault):
    assert fault_of(**arguments) == fault


@pytest.mark.parametrize(
    ("target", "columns", "options", "how"),
    [
        (NUMBERS, {}, {}, "random"),
        (CLASSES, {}, {}, "random, stratified by class"),
        (CLASSES, {}, {"split": "random"}, "random"),
        (CLASSES, {"g": GROUPS}, {"group": "g"}, "by group (g)"),
    ],
)
def test_each_row_is_tested_in_one_fold_and_val_is_cut_from_the_others(target, columns, options, how):
    found = [split(columns, target, folds=4, fold=fold, **options) for fold in range(4)]
    assert [each.how for each in found] == [f"fold {number} of 4, {how}" for number in (1, 2, 3, 4)]
    assert sorted(np.concatenate([each.test for each in found]).tolist()) == list(range(ROWS))
    for each in found:
        assert sorted(np.concatenate(parts(each)).tolist()) == list(range(ROWS))
        assert len(each.test) == ROWS / 4
        assert len(each.val) == pytest.approx(0.15 * ROWS, abs=5)
        if "group" in options:
            assert not set(np.array(GROUPS)[each.test]) & set(np.array(GROUPS)[each.train])
    again = split(columns, target, folds=4, fold=1, **options)
    assert all(np.array_equal(one, other) for one, other in zip(parts(found[1]), parts(again), strict=True))
    other = split(columns, target, folds=4, fold=1, split_seed=1, **options)
    assert not np.array_equal(found[1].test, other.test)


def test_rows_that_are_divided_by_something_else_are_not_folded():
    words = fault_of(columns={"t": DAYS}, folds=3, fold=0, time="t")
    assert words == "dataset.folds=3: rows that are divided by time cannot be folded."
