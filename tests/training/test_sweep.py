import json
from pathlib import Path

import pytest

from tests.synthetic import make_config
from trainyard.tracking.journal import read_journal, status
from trainyard.training.result import RunResult
from trainyard.training.sweep import begin_sweep, end_sweep


def result(root, name, value=0.5, status="FINISHED", code=0, **metrics):
    folder = root / "runs" / "made" / "sweep" / name
    folder.mkdir(parents=True, exist_ok=True)
    return RunResult(folder, status, code, metrics, value)


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


def ended(sweep, root):
    end_sweep(sweep)
    records = read_journal(sweep.folder)
    metrics = next(record["values"] for record in records if record["type"] == "metrics")
    return metrics, json.loads((root / "runs" / "made" / "sweep" / "sweep.json").read_text())


def test_the_parent_names_what_is_swept(sweep):
    records = read_journal(sweep.folder)
    assert records[0]["kind"] == "sweep"
    params = next(record["values"] for record in records if record["type"] == "params")
    assert params == {"sweep/seed": "1,2", "sweep/network.hidden": "[8],[16]"}
    end_sweep(sweep)


def test_the_parent_has_the_best_member_its_spread_and_counts(sweep, root):
    for seed, hidden, loss, accuracy in [(1, 8, 0.5, 0.7), (2, 8, 0.4, 0.8), (1, 16, 0.3, 0.85), (2, 16, 0.2, 0.95)]:
        measured = {"test/accuracy": accuracy}
        sweep.add([f"seed={seed}", f"network.hidden=[{hidden}]"], result(root, f"{seed}-{hidden}", loss, **measured))
    metrics, kept = ended(sweep, root)
    assert metrics["members/good"] == 4
    assert metrics["members/failed"] == 0
    assert metrics["test/accuracy"] == 0.95
    assert metrics["members/seeds"] == 2
    assert metrics["mean/test/accuracy"] == pytest.approx(0.9)
    assert metrics["std/test/accuracy"] == pytest.approx(0.0707, abs=1e-4)
    assert (root / "runs" / "latest").resolve().name == "2-16"
    assert [member["folder"] for member in kept["members"]] == ["1-8", "2-8", "1-16", "2-16"]
    assert status(sweep.folder) == "FINISHED"


def test_a_failed_member_is_counted_and_the_sweep_is_finished(sweep, root):
    sweep.add(["seed=1"], result(root, "1"))
    sweep.add_failed(["seed=2"], Path("2"), ValueError("no such thing"))
    metrics, kept = ended(sweep, root)
    assert (metrics["members/good"], metrics["members/failed"]) == (1, 1)
    assert kept["members"][1]["error"] == "no such thing"
    tags = [record["values"] for record in read_journal(sweep.folder) if record["type"] == "tags"]
    assert tags[-1] == {"trainyard.failed_members": "2: no such thing"}
    assert status(sweep.folder) == "FINISHED"


def test_without_a_good_member_the_sweep_has_failed(sweep, root):
    sweep.add_failed(["seed=1"], Path("1"), ValueError("x"))
    ended(sweep, root)
    assert status(sweep.folder) == "FAILED"
    assert not (root / "runs" / "latest").exists()


def test_ctrl_c_kills_the_sweep(sweep, root):
    sweep.add(["seed=1"], result(root, "1"))
    sweep.add_failed(["seed=2"], Path("2"), KeyboardInterrupt())
    ended(sweep, root)
    assert status(sweep.folder) == "KILLED"


def test_the_best_is_the_highest_where_more_is_better(root):
    config = make_config(monitor="val/accuracy")
    sweep = begin_sweep(root / "runs" / "made" / "sweep", [config], overrides=[], swept={}, command="train")
    for name, value in [("a", 0.5), ("b", 0.9)]:
        sweep.add([name], result(root, name, value))
    assert [member.result.folder.name for member in sweep.ranked()] == ["b", "a"]
    end_sweep(sweep)
