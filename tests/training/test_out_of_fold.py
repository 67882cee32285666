import csv
import json

import numpy as np
import pytest

from trainyard.training.out_of_fold import write_out_of_fold
from trainyard.training.result import RunResult
from trainyard.training.standings import Member


def member(root, number, overrides, card, **arrays):
    folder = root / str(number)
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "card.json").write_text(json.dumps(card))
    np.savez(folder / "predictions.npz", **arrays)
    return Member(number, tuple(overrides), RunResult(folder, "FINISHED", 0, {}, 0.1))


CLASSES = {"classes": ["no", "yes"], "targets": ["answer"]}


def test_each_row_is_there_as_its_fold_predicted_it(tmp_path):
    members = [
        member(tmp_path, 0, ["dataset.fold=0"], CLASSES, row=np.array([1, 3]), target=np.array([0, 1]),
               probability=np.array([[0.9, 0.1], [0.6, 0.4]], np.float32)),
        member(tmp_path, 1, ["dataset.fold=1"], CLASSES, row=np.array([0, 2]), target=np.array([1, 1]),
               probability=np.array([[0.2, 0.8], [0.0, 1.0]], np.float32)),
    ]  # fmt: skip
    metrics, files = write_out_of_fold(tmp_path, members, seed=7)
    assert files == [tmp_path / "out_of_fold.npz", tmp_path / "out_of_fold.csv"]
    assert metrics["out_of_fold/accuracy"] == 0.75
    assert metrics["out_of_fold/rows"] == 4
    assert metrics["out_of_fold/log_loss"] == pytest.approx(-np.log([0.9, 0.4, 0.8, 1.0]).mean(), abs=1e-6)
    with np.load(files[0], allow_pickle=False) as arrays:
        found = dict(arrays)
    assert found["row"].tolist() == [0, 1, 2, 3]
    assert found["fold"].tolist() == [1, 0, 1, 0]
    assert found["seed"].tolist() == [7] * 4
    assert found["target"].tolist() == [1, 0, 1, 1]
    assert found["probability"].dtype == np.float32
    lines = list(csv.DictReader(files[1].read_text().splitlines()))
    assert lines[3] == {
        "row": "3", "fold": "0", "seed": "7", "target": "yes", "prediction": "no",
        "probability_no": "0.6000000238418579", "probability_yes": "0.4000000059604645",
    }  # fmt: skip


@pytest.mark.parametrize("targets", [["price"], ["price", "rent"]])
def test_numbers_are_told_in_their_units_and_weighed(tmp_path, targets):
    card = {"classes": None, "targets": targets}
    target = np.arange(4.0).reshape(2, 2)[:, : len(targets)]
    members = [
        member(tmp_path, fold, [f"dataset.fold={fold}", "seed=3"], card, row=np.array([fold, fold + 2]), target=target,
               prediction=target + error, weight=np.array([1.0, 3.0], np.float32), level=np.array([0.1, 0.5, 0.9]))
        for fold, error in enumerate([[[1.0], [0.0]], [[0.0], [1.0]]])
    ]  # fmt: skip
    metrics, files = write_out_of_fold(tmp_path, members, seed=0)
    assert metrics["out_of_fold/rmse"] == pytest.approx(np.sqrt(4 / 8))
    assert ("out_of_fold/rmse/rent" in metrics) is (len(targets) == 2)
    with np.load(files[0], allow_pickle=False) as arrays:
        assert arrays["level"].tolist() == [0.1, 0.5, 0.9]
    lines = list(csv.DictReader(files[1].read_text().splitlines()))
    names = ["target", "prediction"] if len(targets) == 1 else [
        "target_price", "target_rent", "prediction_price", "prediction_rent",
    ]  # fmt: skip
    assert list(lines[0]) == ["row", "fold", "seed", *names]
    assert lines[0][names[-1]] == str(float(target[0, -1]) + 1)


def test_with_several_seeds_a_row_is_there_for_each(tmp_path):
    members = [
        member(tmp_path, number, [f"seed={seed}", f"dataset.fold={fold}"], CLASSES, row=np.array([fold]),
               target=np.array([1]), probability=np.array([[0.2, 0.8]], np.float32))
        for number, (seed, fold) in enumerate([(1, 0), (1, 1), (2, 0), (2, 1)])
    ]  # fmt: skip
    metrics, files = write_out_of_fold(tmp_path, members, seed=0)
    assert metrics["out_of_fold/rows"] == 4
    lines = list(csv.DictReader(files[1].read_text().splitlines()))
    assert [(line["row"], line["seed"]) for line in lines] == [("0", "1"), ("0", "2"), ("1", "1"), ("1", "2")]
