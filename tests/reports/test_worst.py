import csv
from types import SimpleNamespace

import numpy as np
import pytest

from trainyard.data.store import write_test_names
from trainyard.reports.worst import MOST, write_worst

NUMBER = {"name": "size", "kind": "numeric", "transform": {"name": "none"}, "indicator": False}


def prepared(folder, rows=3, *, classes=("a", "b"), targets=("kind",), image=None):
    columns = [NUMBER] if image is None else [{"name": "image", "kind": "image", "low": 0, "high": 1}]
    x = np.arange(rows, dtype=np.float32)[:, None] if image is None else np.zeros((rows, int(np.prod(image))))
    return SimpleNamespace(
        folder=folder, classes=classes, targets=targets, image_shape=image, preprocessing={"columns": columns},
        test=SimpleNamespace(x=x, codes=np.zeros((rows, 0), np.int64)),
    )  # fmt: skip


def written(folder, made, **arrays):
    np.savez(folder / "predictions.npz", row=np.arange(len(arrays["target"])) + 10, **arrays)
    files = write_worst(folder, made)
    with files[0].open(newline="") as file:
        return files, list(csv.DictReader(file))


def test_the_least_probable_class_comes_first_with_the_raw_columns(tmp_path):
    probability = np.array([[0.9, 0.1], [0.2, 0.8], [np.nan, np.nan]])
    files, rows = written(tmp_path, prepared(tmp_path), target=np.array([0, 0, 1]), probability=probability)
    assert [path.name for path in files] == ["worst_examples.csv"]
    own = "probability of the true class"
    assert rows == [
        {"row": "12", "true": "a", "predicted": "b", "probability": "0.8", own: "0.2", "size": "1"},
        {"row": "11", "true": "a", "predicted": "a", "probability": "0.9", own: "0.9", "size": "0"},
    ]  # fmt: skip


def test_the_largest_error_is_told_in_deviations_of_its_target(tmp_path):
    target = np.array([[0.0, 0.0], [1.0, 1000.0], [2.0, 2000.0]])
    off = np.array([[0.0, 900.0], [1.5, 0.0], [0.0, 0.0]])
    _, rows = written(tmp_path, prepared(tmp_path, targets=("small", "large")), target=target, prediction=target + off)
    told = [(row["row"], row["target"], row["error"]) for row in rows]
    assert told[:2] == [("12", "small", "1.5"), ("11", "large", "900.0")]


@pytest.mark.parametrize("rows", [3, 40])
def test_images_are_kept_with_the_names_of_their_files(tmp_path, rows):
    write_test_names(tmp_path, [f"{row}.png" for row in range(rows)])
    probability = np.tile([0.3, 0.7], (rows, 1))
    made = prepared(tmp_path, rows, image=(1, 2, 2))
    files, told = written(tmp_path, made, target=np.zeros(rows, int), probability=probability)
    assert [path.name for path in files] == ["worst_examples.csv", "worst_examples.npz"]
    with np.load(files[1]) as arrays:
        assert arrays["image"].shape == (min(rows, MOST), 1, 2, 2)
    assert [row["file"] for row in told] == [f"{row}.png" for row in range(min(rows, MOST))]


def test_nothing_is_written_where_no_prediction_is_a_number(tmp_path):
    np.savez(tmp_path / "predictions.npz", row=[0], target=[0], probability=[[np.nan, np.nan]])
    assert write_worst(tmp_path, prepared(tmp_path, 1)) == []
