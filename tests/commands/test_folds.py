"""A cross-validation as a command: folds are members, and each row is predicted by the one that tested it."""

import csv
import json
import sqlite3

import numpy as np
import pytest

from tests.commands.project import Project

SETTINGS = ("dataset=iris", "training.max_epochs=3")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def folded(project):
    """A cross-validation of two choices, tracked."""
    done = project.run("k_fold=3", "optimizer.lr=0.001,0.03", *SETTINGS, "tracking.drain=60")
    assert (done.returncode, done.stderr) == (0, "")
    return project.runs[-1], done


@pytest.mark.slow
def test_each_row_is_tested_once_by_the_best_choice(folded):
    sweep, _ = folded
    kept = json.loads((sweep / "sweep.json").read_text())
    assert kept["folds"] == 3
    with np.load(sweep / "out_of_fold.npz", allow_pickle=False) as arrays:
        found = dict(arrays)
    assert found["row"].tolist() == list(range(150))
    assert np.bincount(found["fold"]).tolist() == [50, 50, 50]
    best = [member for member in kept["members"] if "optimizer.lr=0.03" in member["overrides"]]
    accuracies = [member["metrics"]["test/accuracy"] for member in best]
    assert kept["metrics"]["mean/test/accuracy"] == pytest.approx(np.mean(accuracies))
    right = found["probability"].argmax(1) == found["target"]
    assert kept["metrics"]["out_of_fold/accuracy"] == pytest.approx(right.mean())
    lines = list(csv.DictReader((sweep / "out_of_fold.csv").read_text().splitlines()))
    assert {line["target"] for line in lines} == {"setosa", "versicolor", "virginica"}


@pytest.mark.slow
def test_it_is_told_and_tracked_by_its_means(project, folded):
    sweep, done = folded
    assert "  best  optimizer.lr=0.03" in done.stdout
    assert "mean and deviation over 3 folds of the best choices" in done.stdout
    with sqlite3.connect(project.root / "mlflow.db") as database:
        (top,) = database.execute("select run_uuid from runs where name like '%sweep%'").fetchone()
        metrics = dict(database.execute("select key, value from metrics where run_uuid = ?", (top,)).fetchall())
    told = json.loads((sweep / "sweep.json").read_text())["metrics"]
    assert metrics["mean/test/accuracy"] == told["mean/test/accuracy"]
    assert "out_of_fold/log_loss" in metrics
    kept = {path.name for path in (project.root / "mlartifacts").rglob(f"{top}/artifacts/**/*")}
    assert {"out_of_fold.csv", "out_of_fold.npz", "sweep.json", "sweep.png"} <= kept


@pytest.mark.slow
def test_folds_do_not_depend_on_the_seed_of_training(project, folded):
    done = project.run("-m", "seed=5", "dataset.folds=3", "dataset.fold=0,1,2", *SETTINGS, "tracking=off")
    assert (done.returncode, done.stderr) == (0, "")
    with np.load(project.runs[-1] / "out_of_fold.npz") as ours, np.load(folded[0] / "out_of_fold.npz") as theirs:
        assert np.array_equal(ours["fold"], theirs["fold"])
        assert not np.array_equal(ours["probability"], theirs["probability"])


def test_what_cannot_be_folded_is_told_before_anything_begins(project):
    before = len(project.runs)
    done = project.run("k_fold=3", "dataset=salmon", "dataset.time=age_years", "optimizer.lr=x")
    assert done.returncode == 2
    assert "dataset.time=age_years: says which rows are tested, and folds would test every row" in done.stderr
    assert "optimizer.lr=x: must be a number" in done.stderr
    assert len(project.runs) == before
