import numpy as np
import pytest
from PIL import Image

from tests.reports.runs import begin, classifier_run, regressor_run, traced_run
from trainyard.errors import TrainyardError
from trainyard.reports.draw import draw
from trainyard.tracking.journal import Journal

CLASSES = ["confusion_matrix.png", "roc.png", "precision_recall.png", "calibration.png"]


def names(paths):
    return [path.name for path in paths]


@pytest.mark.parametrize("size", [2, 10, 30])
def test_a_classifier_gets_its_plots_however_many_classes_there_are(tmp_path, size):
    folder = classifier_run(tmp_path / "run", classes=[f"class {number}" for number in range(size)], rows=120)
    drawn = draw(folder)
    assert names(drawn) == ["learning_curves.png", *CLASSES]
    for path in drawn:
        assert path.parent == folder / "plots"
        with Image.open(path) as picture:
            assert min(picture.size) > 280


@pytest.mark.parametrize(("targets", "rows"), [(["length"], 120), ([f"target {n}" for n in range(8)], 4000)])
def test_a_regressor_gets_curves_predictions_and_residuals(tmp_path, targets, rows):
    drawn = draw(regressor_run(tmp_path / "run", targets=targets, rows=rows, monitor="val/rmse"))
    assert names(drawn) == ["learning_curves.png", "predicted_actual.png", "residuals.png"]


def test_a_run_with_lineage_gets_its_report_last(tmp_path):
    assert names(draw(traced_run(tmp_path / "run"))) == ["learning_curves.png", "report.html"]


def test_the_same_folder_gives_the_same_bytes(tmp_path):
    folder = classifier_run(tmp_path / "run")
    first = [path.read_bytes() for path in draw(folder)]
    assert [path.read_bytes() for path in draw(folder)] == first


def test_what_a_run_did_not_get_to_is_left_out(tmp_path):
    assert names(draw(begin(tmp_path / "a"))) == ["learning_curves.png"]
    assert names(draw(classifier_run(tmp_path / "b", epochs=0))) == CLASSES
    assert draw(begin(tmp_path / "c", epochs=0, status="FAILED")) == []


def test_an_epoch_that_was_trained_again_after_a_resume_counts_once(tmp_path, monkeypatch):
    begin(tmp_path / "run", epochs=3, status=None)
    journal = Journal.reopen(tmp_path / "run")
    journal.metrics({"train/loss": 9.0, "val/loss": 9.0}, step=3)
    journal.end("FINISHED")
    seen = []
    monkeypatch.setattr("trainyard.reports.draw.draw_curves", lambda history, *_: seen.append(history))
    draw(tmp_path / "run")
    assert sorted(seen[0]) == [1, 2, 3]
    assert seen[0][3]["val/loss"] == 9.0


def test_rows_whose_prediction_is_no_number_are_left_out(tmp_path, monkeypatch):
    folder = regressor_run(tmp_path / "run", rows=5)
    target = np.arange(5.0)[:, None]
    prediction = np.where(target == 2, np.nan, target)
    np.savez(folder / "predictions.npz", target=target, prediction=prediction)
    seen = []
    monkeypatch.setattr("trainyard.reports.predictions.draw_predicted", lambda *values: seen.append(values))
    assert names(path for path in draw(folder) if path) == ["learning_curves.png", "residuals.png"]
    assert seen[0][0][:, 0].tolist() == [0, 1, 3, 4]
    assert seen[0][3].endswith("1 rows without a prediction left out")
    np.savez(folder / "predictions.npz", target=target, prediction=prediction * np.nan)
    assert names(draw(folder)) == ["learning_curves.png"]


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(TrainyardError, match="no run in"):
        draw(tmp_path)
