import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from trainyard.evaluation.choose import own_rows
from trainyard.evaluation.evaluate import evaluate
from trainyard.evaluation.files import file_name, write_csv, write_evaluation


def read(path):
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_same_evaluation_writes_the_same_bytes(salmon, configs, root, tmp_path):
    written = []
    for name in ("a", "b"):
        found = evaluate(salmon, own_rows(salmon, configs["salmon"], root, "val"), "age_years")
        files = write_evaluation(tmp_path / name, found, salmon.packaged, "title", "age_years")
        written.append({str(file.relative_to(tmp_path / name)): file.read_bytes() for file in files})
    assert written[0] == written[1]
    assert set(written[0]) == {
        "metrics.json", "predictions.csv", "by_age_years.csv", "plots/predicted_actual.png", "plots/residuals.png",
    }  # fmt: skip


def test_files_hold_the_evaluation_and_nothing_is_lost_in_digits(tested, subjects, tmp_path):
    found = replace(tested["calibrated"], metrics={**tested["calibrated"].metrics, "pr_auc": float("nan")})
    files = write_evaluation(tmp_path, found, subjects["calibrated"].packaged, "title", None)
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics.pop("pr_auc") is None
    assert metrics == {name: value for name, value in found.metrics.items() if name != "pr_auc"}
    rows = read(tmp_path / "predictions.csv")
    assert [int(row["row"]) for row in rows] == found.numbers.tolist()
    assert [row["predicted"] for row in rows] == [str(label) for label in found.columns["predicted"]]
    name = next(name for name in found.columns if name.startswith("probability_"))
    np.testing.assert_array_equal([float(row[name]) for row in rows], found.columns[name])
    assert {file.name for file in files[2:]} == {"confusion_matrix.png", "roc.png"}


def test_groups_are_lines_with_what_some_have_not_left_out(salmon, tested, tmp_path):
    groups = {"a, b": {"rows": 2.0, "mae": 1.0}, "c": {"rows": 1.0, "mae": 2.0, "r2": 0.5}}
    write_evaluation(tmp_path, replace(tested["salmon"], groups=groups), salmon.packaged, "title", "my town")
    rows = read(tmp_path / "by_my_town.csv")
    assert [(row["my town"], float(row["rows"])) for row in rows] == [("a, b", 2.0), ("c", 1.0)]
    assert rows[0]["r2"] in ("", "nan")
    assert rows[1]["r2"] == "0.5"


def test_columns_of_objects_are_written(tmp_path):
    write_csv(tmp_path / "a.csv", {"x": np.array(["one", None], dtype=object), "y": np.array([0.1, 1e-20])})
    assert [[row["x"], float(row["y"])] for row in read(tmp_path / "a.csv")] == [["one", 0.1], ["", 1e-20]]


@pytest.mark.parametrize(
    ("text", "name"), [("town", "town"), ("a/b c", "a_b_c"), ("é-1.0", "é-1.0"), ("", "_"), ("..", "_")]
)
def test_a_text_becomes_part_of_a_file_name(text, name):
    assert file_name(text) == name
