import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.synthetic import make_config
from trainyard.tracking.journal import read_journal, status
from trainyard.training.companions import Companions
from trainyard.training.result import RunResult, failed
from trainyard.training.sweep import begin_sweep, end_sweep


def result(root, name, value=0.5, status="FINISHED", code=0, **metrics):
    folder = root / "runs" / "made" / "sweep" / name
    folder.mkdir(parents=True, exist_ok=True)
    return RunResult(folder, status, code, metrics, value)


@pytest.fixture(autouse=True)
def plots(monkeypatch):
    """The folders that would have been drawn."""
    asked = []
    monkeypatch.setattr(Companions, "draw", lambda companions, folder: asked.append(folder))
    monkeypatch.setattr(Companions, "drawn", lambda companions: [])
    return asked


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def sweep(root):
    return begin_sweep(
        root / "runs" / "made" / "sweep", [make_config()] * 3, overrides=["seed=1,2", "network.hidden=[8],[16]"],
        swept={"seed": "1,2", "network.hidden": "[8],[16]"}, command="python train.py -m",
    )  # fmt: skip


def ended(sweep, root, *, stopped=False):
    end_sweep(sweep, stopped=stopped)
    records = read_journal(sweep.folder)
    metrics = next(record["values"] for record in records if record["type"] == "metrics")
    return metrics, json.loads((root / "runs" / "made" / "sweep" / "sweep.json").read_text())


def test_the_parent_names_what_is_swept(sweep):
    records = read_journal(sweep.folder)
    assert records[0]["kind"] == "sweep"
    params = next(record["values"] for record in records if record["type"] == "params")
    assert params == {"sweep/seed": "1,2", "sweep/network.hidden": "[8],[16]"}
    end_sweep(sweep, stopped=False)


def test_the_parent_has_the_best_member_its_spread_and_counts(sweep, root, plots):
    told = [(1, 8, 0.5, 0.7), (2, 8, 0.4, 0.8), (1, 16, 0.3, 0.85), (2, 16, 0.2, 0.95)]
    for number, (seed, hidden, loss, accuracy) in reversed(list(enumerate(told))):
        measured = {"test/accuracy": accuracy}
        ended_so = result(root, f"{seed}-{hidden}", loss, **measured)
        sweep.add(number, [f"seed={seed}", f"network.hidden=[{hidden}]"], ended_so)
    metrics, kept = ended(sweep, root)
    assert metrics["members/good"] == 4
    assert metrics["members/failed"] == 0
    assert metrics["test/accuracy"] == 0.95
    assert metrics["members/seeds"] == 2
    assert metrics["mean/test/accuracy"] == pytest.approx(0.9)
    assert metrics["std/test/accuracy"] == pytest.approx(0.0707, abs=1e-4)
    assert (root / "runs" / "latest").resolve().name == "2-16"
    assert [member["folder"] for member in kept["members"]] == ["1-8", "2-8", "1-16", "2-16"]
    assert (kept["best"], kept["direction"], kept["folds"]) == ("2-16", "min", None)
    assert plots == [sweep.folder]
    assert status(sweep.folder) == "FINISHED"


def test_members_that_did_not_finish_are_counted_and_the_sweep_is_finished(sweep, root, plots):
    sweep.add(0, ["seed=1"], result(root, "1"))
    sweep.add(1, ["seed=2"], failed(Path("2"), ValueError("no such thing"), 1))
    sweep.add(2, ["seed=3"], result(root, "3", None, "KILLED", 1))
    metrics, kept = ended(sweep, root)
    assert [metrics[f"members/{how}"] for how in ("good", "failed", "killed")] == [1, 1, 1]
    assert kept["members"][1]["error"] == "no such thing"
    tags = [record["values"] for record in read_journal(sweep.folder) if record["type"] == "tags"]
    assert tags[-1] == {"trainyard.failed_members": "2: no such thing\n3: None"}
    assert "members/seeds" not in metrics
    assert plots == []
    assert status(sweep.folder) == "FINISHED"


def test_without_a_good_member_the_sweep_has_failed(sweep, root):
    sweep.add(0, ["seed=1"], failed(Path("1"), ValueError("x"), 1))
    _, kept = ended(sweep, root)
    assert kept["best"] is None
    assert status(sweep.folder) == "FAILED"
    assert not (root / "runs" / "latest").exists()


def test_a_signal_kills_the_sweep(sweep, root):
    sweep.add(0, ["seed=1"], result(root, "1"))
    sweep.add(1, ["seed=2"], failed(Path("2"), KeyboardInterrupt(), 130))
    _, kept = ended(sweep, root, stopped=True)
    assert kept["members"][1]["error"] == "stopped by Ctrl-C"
    assert status(sweep.folder) == "KILLED"


def test_the_best_is_the_highest_where_more_is_better(root):
    config = make_config(monitor="val/accuracy")
    sweep = begin_sweep(root / "runs" / "made" / "sweep", [config], overrides=[], swept={}, command="train")
    for name, value in [("a", 0.5), ("b", 0.9)]:
        sweep.add(len(sweep.members), [name], result(root, name, value))
    assert [member.result.folder.name for member in sweep.ranked()] == ["b", "a"]
    end_sweep(sweep, stopped=False)


def test_a_cross_validation_is_told_by_the_means_over_its_folds(root, capsys):
    config = make_config()
    config = replace(config, dataset=replace(config.dataset, folds=2, fold=0))
    sweep = begin_sweep(root / "runs" / "made" / "sweep", [config] * 4, overrides=[], swept={}, command="train")
    for number, (rate, fold, loss, accuracy) in enumerate([(1, 0, 0.1, 0.6), (1, 1, 0.9, 0.6), (2, 0, 0.3, 0.7),
                                                           (2, 1, 0.3, 0.9)]):  # fmt: skip
        measured = {"test/accuracy": accuracy, "best/loss": loss, "best/epoch": 3.0, "trained/steps": 9.0}
        member = result(root, f"{number}-fold={fold}", loss, **measured)
        target = np.array([0, 1]) if accuracy > 0.8 else np.array([1, 1])
        np.savez(member.folder / "predictions.npz", row=np.array([fold, fold + 2]), target=target,
                 probability=np.array([[0.9, 0.1], [0.2, 0.8]], np.float32))  # fmt: skip
        (member.folder / "model").mkdir()
        (member.folder / "model" / "card.json").write_text('{"classes": ["a", "b"], "targets": ["kind"]}')
        sweep.add(number, [f"optimizer.lr={rate}", f"dataset.fold={fold}"], member)
    metrics, kept = ended(sweep, root)
    assert kept["best"] == "2-fold=0"
    assert metrics["mean/test/accuracy"] == pytest.approx(0.8)
    assert metrics["std/test/accuracy"] == pytest.approx(0.1414, abs=1e-4)
    assert metrics["mean/best/loss"] == pytest.approx(0.3)
    assert (metrics["members/repeats"], metrics["out_of_fold/rows"]) == (2, 4)
    assert metrics["out_of_fold/accuracy"] == 0.75
    assert "test/accuracy" not in metrics
    names = [record["path"] for record in read_journal(sweep.folder) if record["type"] == "artifact"]
    assert names == ["sweep.json", "out_of_fold.npz", "out_of_fold.csv"]
    told = capsys.readouterr().out
    assert "  best  optimizer.lr=2     2  0.3000 ± 0.0000  0.8000 ± 0.1414\n" in told
    assert "each row   accuracy 0.7500, " in told
