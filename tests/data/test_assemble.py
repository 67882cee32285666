import json

import numpy as np
import pyarrow as pa
import pytest

from tests.data.tables import csv, source_of
from tests.data.test_encode import mixed_source
from trainyard.config.schema.dataset import Digits
from trainyard.config.schema.dataset_keys import Column
from trainyard.data.assemble import assemble
from trainyard.data.pixels import pixel_scale
from trainyard.data.sources import load_source
from trainyard.data.summary import LeftOut
from trainyard.errors import DataError

ROWS = 300


def flowers(**more):
    rng = np.random.default_rng(0)
    species = np.array(["iris", "rose", "tulip"])[np.arange(ROWS) % 3]
    return source_of({"length": rng.normal(size=ROWS) + np.arange(ROWS) % 3, "width": rng.normal(size=ROWS),
                      "species": species, **more})  # fmt: skip


def fault_of(source, dataset, task="auto"):
    with pytest.raises(DataError) as caught:
        assemble(source, dataset, task, False)
    return list(caught.value.faults)


def test_classes_from_end_to_end():
    made = assemble(flowers(), csv("species"), "auto", False)
    assert (made.task, made.classes, made.class_counts) == ("classification", ("iris", "rose", "tulip"), (70, 70, 70))
    assert (made.targets, made.target_mean, made.target_scale) == (("species",), (), ())
    assert [part.x.shape for part in (made.train, made.val, made.test)] == [(210, 2), (45, 2), (45, 2)]
    assert (made.train.x.dtype, made.train.y.dtype, made.train.rows.dtype) == (np.float32, np.int64, np.int64)
    assert made.train.codes.shape == (210, 0)
    assert made.train.weight is None
    np.testing.assert_array_equal(made.train.y, made.train.rows % 3)
    np.testing.assert_allclose(made.train.x.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(made.train.x.std(axis=0), 1, rtol=1e-5)
    assert [set(row) for row in made.example] == [{"length", "width"}] * 2
    assert made.preprocessing["features"] == ["length", "width"]
    assert made.summary.rows == {"train": 210, "val": 45, "test": 45}
    assert made.summary.task_reason == "species holds 3 different texts"
    assert made.summary.kinds == {"numeric": 2}


def test_numbers_from_end_to_end():
    source = flowers()
    made = assemble(source, csv(("length", "width")), "auto", True)
    assert (made.task, made.classes, made.class_counts) == ("regression", None, None)
    y = np.stack([source.table["length"].to_numpy(), source.table["width"].to_numpy()], axis=1)
    np.testing.assert_allclose(made.target_mean, y[made.train.rows].mean(axis=0))
    np.testing.assert_allclose(made.target_scale, y[made.train.rows].std(axis=0))
    for part in (made.train, made.val, made.test):
        assert part.x.dtype == part.y.dtype == np.float64
        np.testing.assert_allclose(part.y * made.target_scale + made.target_mean, y[part.rows])


def test_the_same_source_gives_the_same_bytes():
    one, other = (assemble(mixed_source(), csv(), "auto", False) for _ in range(2))
    for part in ("train", "val", "test"):
        for field in ("x", "codes", "y", "rows"):
            assert getattr(getattr(one, part), field).tobytes() == getattr(getattr(other, part), field).tobytes()
    assert json.dumps(one.preprocessing) == json.dumps(other.preprocessing)
    assert one.summary == other.summary


@pytest.mark.parametrize("transform", ["standard", "robust", "quantile", "none"])
def test_what_is_fitted_depends_on_train_alone(transform):
    """Other values in val and test, some of them missing or never seen: the same preprocessing, the same train."""
    source = mixed_source()
    names = np.array(["train"] * 250 + ["val"] * 50 + ["test"] * 100)
    rng = np.random.default_rng(1)
    changed = {name: source.table[name].to_pylist() for name in source.table.column_names}
    for row in range(250, 400):
        changed["amount"][row] = float(rng.normal() * 1e6)
        changed["count"][row] = None
        changed["flag"][row] = bool(rng.random() < 0.9)
        changed["color"][row] = f"color {row}"
        changed["store_id"][row] = 10_000 + row
        changed["when"][row] = changed["when"][3]
        changed["day"][row] = "24.12.2031"
        changed["y"][row] = 1e5
    other = pa.table({name: pa.array(values, source.table[name].type) for name, values in changed.items()})
    one, two = (assemble(source_of(table, parts=names), csv(transform=transform), "auto", False)
                for table in (source.table, other))  # fmt: skip
    assert json.dumps(one.preprocessing) == json.dumps(two.preprocessing)
    assert one.train.x.tobytes() == two.train.x.tobytes()
    assert one.train.codes.tobytes() == two.train.codes.tobytes()
    assert one.train.y.tobytes() == two.train.y.tobytes()
    assert (one.target_mean, one.target_scale) == (two.target_mean, two.target_scale)
    assert one.test.x.tobytes() != two.test.x.tobytes()
    assert set(two.test.codes.ravel()) == {0}


def test_weights_and_standardised_targets():
    weight = np.arange(ROWS) % 3 * 1.0
    made = assemble(flowers(w=weight), csv("width", weight="w"), "auto", True)
    np.testing.assert_array_equal(made.train.weight, weight[made.train.rows])
    repeated = np.repeat(made.train.y[:, 0], made.train.weight.astype(int))
    np.testing.assert_allclose([repeated.mean(), repeated.std()], [0, 1], atol=1e-9)
    assert made.test.weight.dtype == np.float64
    assert LeftOut("w", "holds the weights of the rows (dataset.weight)") in made.summary.left_out


def test_rows_without_a_target_are_dropped_when_asked():
    source = flowers()
    price = [None if row % 10 == 4 else float(row) for row in range(ROWS)]
    source = source_of(source.table.append_column("price", [price]))
    made = assemble(source, csv("price", missing_target="drop"), "auto", False)
    assert made.summary.dropped == 30
    rows = np.concatenate([made.train.rows, made.val.rows, made.test.rows])
    assert sorted(rows.tolist()) == [row for row in range(ROWS) if row % 10 != 4]
    y = made.test.y[:, 0] * made.target_scale[0] + made.target_mean[0]
    np.testing.assert_allclose(y, made.test.rows, atol=1e-3)


def test_faults_name_the_source_row_when_others_were_dropped():
    values = [1.0] * 9 + [float("inf")] + [float(row) for row in range(290)]
    price = [None if row < 5 else float(row) for row in range(ROWS)]
    source = source_of({"x": values, "price": price})
    assert fault_of(source, csv("price", missing_target="drop")) == [
        "Column x holds inf (table.csv, row 10), which is not a finite number. Correct it, or leave the column out "
        "with dataset.ignore=[x]."
    ]


def test_parts_of_files_go_along_with_dropped_rows():
    source = flowers()
    price = [None if row % 2 else float(row) for row in range(ROWS)]
    names = np.array(["train"] * 200 + ["val"] * 40 + ["test"] * 60)
    source = source_of(source.table.append_column("price", [price]), parts=names)
    made = assemble(source, csv("price", missing_target="drop"), "auto", False)
    assert [part.rows.tolist() for part in (made.train, made.val, made.test)] == [
        list(range(0, 200, 2)), list(range(200, 240, 2)), list(range(240, 300, 2)),
    ]  # fmt: skip
    assert made.summary.split == "by files"


def test_images_keep_every_pixel_in_order():
    dataset = Digits(name="digits", target=("digit",))
    source = load_source(dataset)
    made = assemble(source, dataset, "auto", False)
    assert made.image_shape == (1, 8, 8)
    pixels = source.pixels.images.reshape(-1, 64)
    for part in (made.train, made.val, made.test):
        assert part.x.dtype == np.uint8
        np.testing.assert_array_equal(part.x, pixels[part.rows])
        assert part.codes.shape == (len(part.y), 0)
    scale, train = pixel_scale(made.preprocessing), pixels[made.train.rows]
    np.testing.assert_allclose([scale.center.item(), scale.scale.item()], [train.mean(), train.std()], rtol=1e-6)
    assert made.classes == tuple(range(10))
    assert made.summary.kinds == {"image of 8 x 8": 1}
    assert made.example[0] == {f"pixel_{place // 8}_{place % 8}": int(value) for place, value in enumerate(train[0])}


def test_faults_of_target_weight_and_split_come_together():
    source = source_of({"x": [1.0, 2, 3], "y": ["a", "a", "a"], "w": [1, -1, 1]})
    assert fault_of(source, csv(weight="w")) == [
        "The target y is always 'a', so there is nothing to tell apart.",
        "1 of 3 rows has a negative weight in w, first table.csv, row 2. A weight is 0 or more.",
    ]
    assert len(fault_of(source, csv(("y", "z"), ignore=("q",)))) == 2


def test_fewer_rows_than_the_split_needs():
    source = source_of({"x": [1.0, 2], "y": [1.5, 2.5]})
    assert fault_of(source, csv()) == [
        "Of 2 rows the split would give 1 to val and 1 to test, and none to train. Add rows, or lower "
        "dataset.val_fraction and dataset.test_fraction."
    ]


def test_the_fewest_rows_that_can_be():
    made = assemble(source_of({"x": [1.0, 2, 3, 4], "y": [1.5, 2.5, 3.5, 4.5]}), csv(), "auto", False)
    assert made.summary.rows == {"train": 2, "val": 1, "test": 1}
    assert np.isfinite(made.train.y).all()


def test_columns_of_no_use_are_left_out_with_the_reason():
    source = flowers(name=[f"name {row}" for row in range(ROWS)], same=[1] * ROWS, gone=[None] * ROWS)
    made = assemble(source, csv("species", columns={"name": Column(kind="category")}), "auto", False)
    assert made.summary.left_out == (
        LeftOut("same", "is always 1 in the training part"),
        LeftOut("gone", "has no values in the training part"),
        LeftOut("name", "has no value twice in the training part"),
    )
    only = csv("species", ignore=("length", "width"), columns={"name": Column(kind="category")})
    assert fault_of(source, only)[0].startswith("No column is left to predict from: length is in dataset.ignore;")


def test_a_summary_of_everything():
    rng = np.random.default_rng(0)
    amount = [None if row % 3 == 0 else float(value) for row, value in enumerate(rng.normal(size=ROWS))]
    source = flowers(amount=amount, told=np.array(["x", "y", "z"])[np.arange(ROWS) % 3],
                     zip=np.array([90210, 10001, 60601, 94103])[np.arange(ROWS) // 50 % 4])  # fmt: skip
    made = assemble(source, csv("species", one_hot_limit=3), "auto", False)
    summary = made.summary
    assert summary.kinds == {"numeric": 3, "category": 2}
    assert (summary.numeric, summary.one_hot, summary.indicators, summary.embedded) == (7, 3, 1, 1)
    assert made.category_sizes == (5,)
    assert summary.duplicates == {"val": 0, "test": 0}
    assert summary.notes == (
        "zip is read as a category, by its name; dataset.columns.zip.kind=numeric makes it a number.",
        "told tells the class in every training row. If it is not known before the target, leave it out: "
        "dataset.ignore=[told].",
        f"Missing values of the training part: amount (33.3%, the median {summary_median(made):g} and marked).",
    )


def summary_median(made):
    return next(column["fill"] for column in made.preprocessing["columns"] if column["name"] == "amount")
