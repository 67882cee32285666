"""What comes out of a finished run, in a folder of its own."""

import json

import pytest

from trainyard.tracking.journal import Journal
from trainyard.training.handover import curves, write_outcome


@pytest.fixture
def finished(tmp_path):
    """The folder of a run of two epochs, of which the second was trained twice."""
    folder = tmp_path / "runs" / "made" / "1"
    journal = Journal.create(folder, kind="run", experiment="made", name="made-1")
    journal.metrics({"train/loss": 3.0}, step=1)
    journal.metrics({"train/loss": 2.5, "val/loss": 4.0}, step=2)
    journal.metrics({"train/loss": 2.0, "val/loss": 2.5}, step=2)
    metrics = {"best/val/loss": 2.5, "trained/epochs": 2.0, "test/loss": 2.75, "baseline/loss": float("nan")}
    journal.metrics({"test/loss": 2.75}, step=2)
    journal.end("FINISHED")
    (folder / "metrics.json").write_text(json.dumps({**metrics, "baseline/loss": None}), encoding="utf-8")
    (folder / "model").mkdir()
    (folder / "model" / "model.json").write_text("{}", encoding="utf-8")
    return folder


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_model_curves_metrics_and_run_are_handed_on(finished, tmp_path):
    output = tmp_path / "pipeline" / "made"
    write_outcome(finished, output, tmp_path)
    assert files(output) == ["curves.csv", "model/model.json", "run.json", "training.json"]
    assert (output / "curves.csv").read_text() == "epoch,train/loss,val/loss\n1,3.0,\n2,2.0,2.5\n"
    assert json.loads((output / "training.json").read_text()) == {"best/val/loss": 2.5, "trained/epochs": 2.0}
    run = json.loads((output / "run.json").read_text())
    assert {name: run[name] for name in ("name", "experiment", "folder")} == {
        "name": "made-1", "experiment": "made", "folder": "runs/made/1",
    }  # fmt: skip
    assert "mlflow" not in run


def test_what_an_earlier_run_or_a_broken_copy_left_is_replaced_and_the_rest_stays(finished, tmp_path):
    output = tmp_path / "pipeline"
    for old in ("model/weights.old", ".model.partial/half", "config.yaml"):
        (output / old).parent.mkdir(parents=True, exist_ok=True)
        (output / old).touch()
    write_outcome(finished, output, tmp_path)
    assert files(output) == ["config.yaml", "curves.csv", "model/model.json", "run.json", "training.json"]


def test_a_run_outside_of_the_project_is_named_in_full_and_with_its_place_in_mlflow(finished, tmp_path):
    (finished / "mlflow.json").write_text('{"run_id": "abc"}', encoding="utf-8")
    write_outcome(finished, tmp_path / "out", tmp_path / "elsewhere")
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    assert (run["folder"], run["mlflow"]) == (str(finished.resolve()), {"run_id": "abc"})


def test_a_run_without_epochs_has_a_heading_alone():
    assert curves([{"type": "metrics", "step": 0, "values": {"test/loss": 1.0}}]) == "epoch\n"
