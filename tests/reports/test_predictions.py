import numpy as np
import pytest

from trainyard.reports.predictions import draw_predictions, draw_worst

IMAGE = {"preprocessing": {"columns": [{"name": "image", "kind": "image", "low": 0.0, "high": 16.0}]}}
CLASSES = {"targets": ["kind"], "classes": ["a", "b"]}


@pytest.fixture
def drawn(monkeypatch):
    """What would have been drawn: the arguments by the name of the plot."""
    kept = {}
    names = "confusion roc precision_recall calibration per_class predicted residuals intervals worst_images"
    for name in names.split():
        keep = lambda *values, name=name: kept.update({name: values})  # noqa: E731  # one a name
        monkeypatch.setattr(f"trainyard.reports.predictions.draw_{name}", keep)
    return kept


def test_a_classifiers_rows_go_to_all_its_plots_with_their_weights(drawn, tmp_path):
    arrays = {"target": np.array([0, 1]), "probability": np.array([[1.0, 0], [0, 1]]), "weight": np.array([1.0, 2.0])}
    draw_predictions(arrays, {**CLASSES, "temperature": 2.0}, "a run", tmp_path, classes=[{"label": "a"}])
    assert list(drawn) == ["confusion", "roc", "precision_recall", "calibration", "per_class"]
    assert drawn["roc"][-1].tolist() == drawn["precision_recall"][-1].tolist() == [1.0, 2.0]
    assert drawn["calibration"][-1] == 2.0


def test_of_more_classes_than_can_be_told_apart_there_is_no_cell_and_no_curve(drawn, tmp_path):
    arrays = {"target": np.array([0, 1]), "probability": np.eye(1001)[:2]}
    draw_predictions(arrays, {"targets": ["kind"], "classes": list(range(1001))}, "", tmp_path, classes=[{"label": 0}])
    assert list(drawn) == ["calibration", "per_class"]


def test_intervals_are_drawn_of_quantiles(drawn, tmp_path):
    arrays = {"target": np.zeros((4, 1)), "prediction": np.ones((4, 1)), "quantile": np.ones((4, 1, 4)),
              "level": np.array([0.1, 0.2, 0.8, 0.9])}  # fmt: skip
    draw_predictions(arrays, {"targets": ["y"]}, "a run", tmp_path)
    assert list(drawn) == ["predicted", "residuals", "intervals"]
    assert drawn["intervals"][2].tolist() == [0.1, 0.2, 0.8, 0.9]


def test_rows_without_a_prediction_are_left_out(drawn, tmp_path):
    arrays = {"target": np.arange(3.0)[:, None], "prediction": np.array([[0.0], [np.nan], [2.0]])}
    draw_predictions(arrays, {"targets": ["y"]}, "a run", tmp_path)
    assert drawn["predicted"][0][:, 0].tolist() == [0, 2]
    assert drawn["predicted"][3] == "a run · 1 rows without a prediction left out"
    assert draw_predictions({**arrays, "prediction": np.full((3, 1), np.nan)}, {"targets": ["y"]}, "", tmp_path) == []


@pytest.mark.parametrize(("table", "lines"), [
    ("row,true,predicted,probability,probability of the true class\n3,a,b,0.9,0.1\n",
     ("row 3", "true a 10%", "seen as b 90%")),
    ("row,file,actual,predicted,error\n3,x.png,1.5,2,0.5\n", ("x.png", "actual 1.5000", "predicted 2.0000")),
])  # fmt: skip
def test_images_have_captions_of_what_is_true_and_what_was_predicted(drawn, tmp_path, table, lines):
    (tmp_path / "w.csv").write_text(table, encoding="utf-8")
    np.savez(tmp_path / "w.npz", image=np.zeros((1, 1, 2, 2)))
    draw_worst(tmp_path / "w.csv", tmp_path / "w.npz", IMAGE, "a run", tmp_path)
    assert drawn["worst_images"][1] == [lines]
    assert drawn["worst_images"][2] == (0.0, 16.0)


def test_rows_of_a_table_have_no_images(tmp_path):
    assert draw_worst(tmp_path / "w.csv", tmp_path / "w.npz", {}, "a run", tmp_path) == []
