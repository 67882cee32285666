import pytest

from trainyard.config.schema.run import Tracking
from trainyard.evaluation import record as module
from trainyard.evaluation.record import append_to_run, bring_to_mlflow
from trainyard.tracking.journal import Journal, JournalError, read_journal


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "runs" / "made" / "a"
    journal = Journal.create(folder, kind="run", experiment="made", name="made-a", sync=False)
    journal.end("FINISHED")
    return folder


def test_metrics_and_files_of_the_folder_are_appended(folder, tmp_path):
    inside, outside = folder / "evaluations" / "metrics.json", tmp_path / "metrics.json"
    inside.parent.mkdir()
    for file in (inside, outside):
        file.write_text("{}")
    append_to_run(folder, "evaluation/new", {"rmse": 2.0}, 7, [inside, outside])
    records = read_journal(folder)
    metrics = next(record for record in records if record["type"] == "metrics")
    assert (metrics["values"], metrics["step"]) == ({"evaluation/new/rmse": 2.0}, 7)
    assert [record["path"] for record in records if record["type"] == "artifact"] == ["evaluations/metrics.json"]


def test_nothing_is_appended_to_a_run_that_goes_on(tmp_path):
    journal = Journal.create(tmp_path / "a", kind="run", experiment="made", name="made-a", sync=False)
    with pytest.raises(JournalError):
        append_to_run(tmp_path / "a", "evaluation/new", {"rmse": 2.0}, 7, [])
    journal.end("FINISHED")


def test_mlflow_is_asked_only_for_a_run_that_it_follows(folder, monkeypatch):
    class Missed:
        problems = ("No answer.",)

    calls = []
    monkeypatch.setattr(module, "sync", lambda *given, **_more: calls.append(given) or Missed())
    assert bring_to_mlflow(folder, Tracking(name="off")) is None
    assert bring_to_mlflow(folder, Tracking()) is None
    assert calls == []
    monkeypatch.setattr(module, "is_tracked", lambda _folder: True)
    assert bring_to_mlflow(folder, Tracking()) == (
        "MLflow does not have it yet: No answer. `trainyard sync` brings it."
    )
    assert calls[0][2] == folder
