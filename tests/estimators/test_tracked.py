"""The run that a fit leaves where it is asked for one."""

import json
import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

import trainyard
from tests.estimators.rows import SETTINGS, flowers, numbers
from trainyard import Classifier, Regressor
from trainyard.config.compose import compose
from trainyard.config.runs import find_run
from trainyard.estimators.settings import ParameterError
from trainyard.estimators.tracked import begun_from
from trainyard.reports.run_files import read_run
from trainyard.tracking.journal import read_journal
from trainyard.verbs.cli import run_command

QUICK = {"name": "local", "drain": 0}  # MLflow is written while the tests go on


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAINYARD_ROOT", str(folder))
        yield folder


@pytest.fixture(scope="module")
def tracked(root):
    about = {"experiment_name": "flowers", "run_name": "first", "tags": {"owner": "me"}}
    return Classifier(tracking={"drain": 60}, early_stopping=True, run=about, **SETTINGS).fit(*flowers())


def records(folder, kind):
    return [record for record in read_journal(folder) if record["type"] == kind]


def test_it_is_where_a_run_is_looked_for_and_loads_as_the_model(tracked, root):
    X, _ = flowers()
    assert tracked.run_.parent == root / "runs" / "flowers"
    assert find_run("latest", root) == tracked.run_ == find_run(tracked.run_.name[-6:], root)
    loaded = trainyard.load(tracked.run_)
    np.testing.assert_array_equal(loaded.predict_proba(tracked.raw_rows(X)), tracked.predict_proba(X))


def test_its_journal_has_what_that_of_the_command_has(tracked):
    run = read_run(tracked.run_)
    epochs = [record["values"] for record in records(tracked.run_, "metrics") if "train/loss" in record["values"]]
    assert [values["train/loss"] for values in epochs] == tracked.loss_curve_
    assert [values["val/loss"] for values in epochs] == tracked.validation_scores_
    assert (run.status, run.begin["name"]) == ("FINISHED", "first")
    assert {name.partition("/")[0] for name in run.metrics} == {"best", "trained"}
    assert records(tracked.run_, "params")[0]["values"]["optimizer.lr"] == 0.1
    assert run.config["tags"] == {"owner": "me"}
    assert run.overrides == [
        "hidden=[8]", "lr=0.1", "batch_size=16", "max_epochs=3", "early_stopping=true", "random_state=0"]  # fmt: skip
    assert (tracked.run_ / "plots" / "learning_curves.png").exists()
    assert (tracked.run_ / "report.html").exists()


def test_mlflow_has_it_with_its_params_metrics_and_model(tracked, root):
    run = json.loads((tracked.run_ / "mlflow.json").read_text())["run_id"]
    with closing(sqlite3.connect(root / "mlflow.db")) as database:

        def rows(query):
            return database.execute(query, (run,)).fetchall()

        assert rows("select name, status from runs where run_uuid = ?") == [("first", "FINISHED")]
        assert rows("select value from tags where key = 'owner' and run_uuid = ?") == [("me",)]
        assert rows("select value from params where key = 'optimizer.lr' and run_uuid = ?") == [("0.1",)]
        epochs = rows("select value from metrics where key = 'train/loss' and run_uuid = ? order by step")
        assert [value for (value,) in epochs] == tracked.loss_curve_
        assert rows("select status from logged_models where source_run_id = ?") == [(2,)]  # ready


def test_its_lineage_has_the_digest_of_the_rows(tracked):
    data = read_run(tracked.run_).lineage["data"]
    assert (data["origin"], data["rows"]) == ("handed over in Python", {"train": 54, "val": 6, "test": 0})
    X, y = flowers()
    again = Classifier(tracking=QUICK, **SETTINGS).fit(X.copy(), y.tolist())
    assert read_run(again.run_).lineage["data"]["digest"] == data["digest"]
    other = Classifier(tracking=QUICK, **SETTINGS).fit(X + 1, y)
    assert read_run(other.run_).lineage["data"]["digest"] != data["digest"]
    assert read_run(other.run_).lineage["command"] == "trainyard.Classifier.fit"


def test_verbs_find_it_and_those_that_need_rows_say_how_to_name_them(tracked, tmp_path, capsys):
    X, y = flowers()
    rows = pd.DataFrame(X, columns=[f"x_{place}" for place in range(4)])
    rows.to_csv(tmp_path / "rows.csv", index=False)
    rows.assign(y=y).to_csv(tmp_path / "truth.csv", index=False)
    run, truth = f"run={tracked.run_}", f"input={tmp_path / 'truth.csv'}"
    assert run_command(["runs"]) == 0
    assert tracked.run_.name[-6:] in capsys.readouterr().out
    assert run_command(["predict", run, f"input={tmp_path / 'rows.csv'}", f"output={tmp_path / 'out.csv'}"]) == 0
    assert (pd.read_csv(tmp_path / "out.csv")["prediction"] == tracked.predict(X)).all()
    assert run_command(["evaluate", run, truth]) == 0
    assert f"accuracy           {tracked.score(X, y):.4f}" in capsys.readouterr().out
    assert run_command(["export", run, "format=package", f"output={tmp_path / 'examples'}"]) == 0
    assert "over 3 rows" in capsys.readouterr().out
    assert run_command(["export", run, "format=package", truth, f"output={tmp_path / 'more'}"]) == 0
    assert "over 61 rows" in capsys.readouterr().out
    assert run_command(["explain", run, truth, "repeats=1"]) == 0
    assert "log_loss is" in capsys.readouterr().out
    for verb in ("evaluate", "explain"):
        assert run_command([verb, run]) == 2
        assert "handed over in Python, and no run keeps them. Name others by dataset=..." in capsys.readouterr().err


def test_one_of_a_config_has_a_test_and_is_evaluated_to_the_same_bits(root, capsys):
    classifier = Classifier.from_config("dataset=iris", "training.max_epochs=2", "tracking.drain=0").fit()
    metrics = read_run(classifier.run_).metrics
    assert {"test/accuracy", "baseline/accuracy", "best/loss"} <= set(metrics)
    capsys.readouterr()
    assert run_command(["evaluate", f"run={classifier.run_}"]) == 0
    assert "equal to those of the training, bit for bit" in capsys.readouterr().out
    plain = Classifier.from_config("dataset=iris", "training.max_epochs=2").fit()
    assert plain.run_ is None
    loaded, rows = trainyard.load(classifier.run_), plain.model_.card["example"]
    np.testing.assert_array_equal(plain.model_.predict_proba(rows), loaded.predict_proba(rows))


def test_it_changes_no_bit_and_prints_nothing(tracked, capfd):
    X, y = flowers()
    untracked = Classifier(early_stopping=True, **SETTINGS).fit(X, y)
    np.testing.assert_array_equal(untracked.predict_proba(X), tracked.predict_proba(X))
    assert untracked.run_ is None
    Classifier(tracking=QUICK, **SETTINGS).fit(X, y)
    assert capfd.readouterr() == ("", "")


def test_a_warm_start_leaves_a_run_for_each_fit_that_says_what_it_goes_on_from(root):
    X, y = flowers()
    warm = Classifier(tracking=QUICK, warm_start=True, **SETTINGS).fit(X, y)
    first = warm.run_
    second = warm.fit(X[:30], y[:30]).run_
    steps = [record["step"] for record in records(second, "metrics") if "train/loss" in record["values"]]
    assert steps == [4, 5, 6]
    assert read_run(second).config["tags"] == {"goes_on_from": first.name}
    assert read_run(second).lineage["data"]["rows"] == {"train": 30, "val": 0, "test": 0}
    with pytest.raises(ParameterError, match="partial_fit goes over rows once and leaves no run"):
        warm.partial_fit(X, y)


def test_each_fit_of_a_grid_is_a_run_of_its_own(root):
    before = len(list((root / "runs").glob("grid/*")))
    grid = Classifier(tracking=QUICK, run={"experiment_name": "grid"}, **{**SETTINGS, "max_epochs": 1})
    search = GridSearchCV(grid, {"lr": [0.1]}, cv=2).fit(*flowers())
    assert len(list((root / "runs").glob("grid/*"))) - before == 3
    assert search.best_estimator_.run_.name in [folder.name for folder in (root / "runs" / "grid").iterdir()]


def test_one_that_diverges_is_a_run_that_failed(root):
    with pytest.warns(ConvergenceWarning):
        regressor = Regressor(tracking=QUICK, optimizer="sgd", lr=1e30, max_epochs=3, random_state=0).fit(*numbers())
    assert read_run(regressor.run_).status == "FAILED"


def test_what_cannot_begin_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    with pytest.raises(ValueError, match=r"tracking=loacl: must be .*; did you mean local\?"):
        Classifier(tracking="loacl").fit(*flowers())
    with pytest.raises(ValueError, match=r"tracking=server: needs tracking\.uri="):
        Classifier(tracking="server").fit(*flowers())
    assert list(tmp_path.iterdir()) == []


def test_a_run_says_what_it_begins_with_as_no_config_does(tmp_path):
    config = compose(["dataset=iris", "+tags.owner=me"])
    assert begun_from(config, None, None) == config
    assert begun_from(config, tmp_path / "2026-01-01-aaaaaa", {"weight": 1}).tags == {
        "owner": "me", "goes_on_from": "2026-01-01-aaaaaa", "initial_weights": "of a dict"}  # fmt: skip
    assert begun_from(config, None, "digits-model").tags["initial_weights"] == "digits-model"
