import pytest
from PIL import Image

from tests.reports.folders import make_folder
from trainyard.errors import TrainyardError
from trainyard.reports.draw import draw


@pytest.mark.parametrize("size", [2, 10, 30])
def test_a_classifier_gets_curves_confusion_and_roc(tmp_path, size):
    folder = make_folder(tmp_path / "run", classes=[f"class {number}" for number in range(size)])
    drawn = draw(folder)
    assert [path.name for path in drawn] == ["learning_curves.png", "confusion_matrix.png", "roc.png"]
    for path in drawn:
        assert path.parent == folder / "plots"
        with Image.open(path) as picture:
            assert min(picture.size) > 300


@pytest.mark.parametrize(("targets", "rows"), [(["length"], 120), ([f"target {n}" for n in range(8)], 4000)])
def test_a_regressor_gets_curves_predictions_and_residuals(tmp_path, targets, rows):
    drawn = draw(make_folder(tmp_path / "run", targets=targets, rows=rows, monitor="val/rmse"))
    assert [path.name for path in drawn] == ["learning_curves.png", "predicted_actual.png", "residuals.png"]


def test_the_same_folder_gives_the_same_bytes(tmp_path):
    folder = make_folder(tmp_path / "run", classes=["a", "b"])
    first = [path.read_bytes() for path in draw(folder)]
    assert [path.read_bytes() for path in draw(folder)] == first


def test_what_a_run_did_not_get_to_is_left_out(tmp_path):
    assert [path.name for path in draw(make_folder(tmp_path / "a", classes=["a", "b"], tested=False))] == [
        "learning_curves.png"
    ]
    assert [path.name for path in draw(make_folder(tmp_path / "b", classes=["a", "b"], epochs=0))] == [
        "confusion_matrix.png", "roc.png",
    ]  # fmt: skip


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(TrainyardError, match="no run in"):
        draw(tmp_path)
