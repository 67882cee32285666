import math
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.synthetic import make_config
from trainyard.config.schema.dataset import Salmon
from trainyard.config.schema.run import Tracking
from trainyard.training.narrate_sweep import choice_row, main_metric, mlflow_text
from trainyard.training.result import RunResult
from trainyard.training.standings import Choice, Member


def test_where_to_see_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert mlflow_text(Tracking(name="off"), "a", True, None) == "not tracked (tracking=off)"
    assert mlflow_text(Tracking(), "a", True, None) == (
        "run a; see it with: mlflow ui, then open http://127.0.0.1:5000"
    )
    monkeypatch.chdir("/")
    assert f"mlflow ui in {tmp_path}" in mlflow_text(Tracking(), "a", True, None)
    server = Tracking(name="server", uri="http://me:secret@127.0.0.1:5000")
    assert mlflow_text(server, "a", True, None) == "run a at http://127.0.0.1:5000"
    elsewhere = Tracking(name="server", uri=f"sqlite:///{tmp_path}/other.db")
    assert f"--backend-store-uri sqlite:///{tmp_path}/other.db" in mlflow_text(elsewhere, "a", True, None)


def test_what_is_not_there_yet_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    assert "goes on by itself" in mlflow_text(Tracking(), "a", False, None)
    assert "The disk is full. Bring the rest with: trainyard sync" in mlflow_text(
        Tracking(), "a", False, "The disk is full."
    )


def member(number, value, **metrics):
    named = {name.replace("_", "/"): number for name, number in metrics.items()}
    return Member(number, (f"seed={number}",), RunResult(Path(str(number)), "FINISHED", 0, named, value))


def test_a_choice_has_the_spread_of_its_members():
    members = (member(0, 0.2, test_accuracy=0.8), member(1, 0.4, test_accuracy=0.9))
    row = choice_row(Choice(("lr=1",), members, 0), "test/accuracy")
    assert (row.choices, row.runs) == ("lr=1", 2)
    assert row.value == pytest.approx((0.3, 0.1414), abs=1e-4)
    assert row.test == pytest.approx((0.85, 0.0707), abs=1e-4)
    alone = choice_row(Choice((), members[:1], 1), "test/rmse")
    assert alone.value[0] == 0.2
    assert all(map(math.isnan, (alone.value[1], *alone.test)))


@pytest.mark.parametrize(
    ("tasks", "dataset", "metric"),
    [(["regression", None], "digits", "rmse"), (["classification"], "digits", "accuracy"), ([None], "salmon", "rmse"),
     ([], "digits", "accuracy")],
)  # fmt: skip
def test_a_sweep_is_told_by_the_metric_of_its_task_though_nothing_was_tested(tasks, dataset, metric):
    config = make_config(dataset=Salmon(name="s", target=("length_mm",))) if dataset == "salmon" else make_config()
    members = [SimpleNamespace(result=RunResult(Path(), "KILLED", 1, {}, None, task=task)) for task in tasks]
    assert main_metric(SimpleNamespace(members=members, config=config)) == metric
