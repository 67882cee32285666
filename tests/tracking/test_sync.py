"""Runs that MLflow lacks are brought there, once, and what died is found."""

import json
import shutil
import subprocess

import pytest

from tests.tracking.runs import create, in_mlflow, whole_run
from trainyard.config.schema.run import Tracking
from trainyard.errors import ConfigError
from trainyard.tracking import pending
from trainyard.tracking import sync as module
from trainyard.tracking.journal import JournalError
from trainyard.tracking.lock import FileLock
from trainyard.tracking.progress import MIRROR_LOCK, Progress, write_progress
from trainyard.tracking.sync import Synced, reconcile, sync
from trainyard.tracking.target import target


def test_sync_brings_everything_once(store, root, tmp_path_factory):
    name = store.target.name
    whole_run(root / "runs" / "e" / "a", name="a").end("FINISHED")
    write_progress(root / "runs" / "e" / "a", name, Progress())  # a mirror began to follow it
    sweep = create(root / "runs" / "e" / "s", kind="sweep", name="s")
    create(root / "runs" / "e" / "s" / "m", name="m", parent=sweep.id).end("FINISHED")
    sweep.end("FINISHED")
    pending.mark(root, root / "runs" / "e" / "s", name)
    create(root / "runs" / "e" / "untracked", name="untracked").end("FINISHED")
    outside = tmp_path_factory.mktemp("outside") / "o"
    create(outside, name="o").close()
    pending.mark(root, outside, name)
    said: list[str] = []
    done = sync(root, Tracking(), say=said.append)
    assert done.written == 3
    assert not done.unchanged
    assert "runs/e/s: 4 records written to mlflow.db" in said
    assert done.untracked == 1
    first = in_mlflow(store)
    assert sorted(run["name"] for run in first) == ["a", "m", "o", "s"]
    assert pending.all_pending(root) == []
    assert done.problems == ()

    for path in root.rglob("mlflow*.json"):
        path.unlink()
    pending.mark(root, root / "runs" / "e" / "a", name)
    again = sync(root, Tracking(), root / "runs" / "e" / "s" / "m", say=said.append)  # a member stands for its sweep
    assert again == Synced(written=1)
    assert said[-1] == "runs/e/s: 4 records written to mlflow.db"
    assert in_mlflow(store) == first


@pytest.mark.slow
def test_sync_from_another_machines_copy_of_the_folder(store, root, tmp_path_factory):
    whole_run(root / "runs" / "a").end("FINISHED")
    copy = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(root / "runs" / "a", copy / "a")
    assert sync(root, Tracking(), copy / "a", say=print) == sync(root, Tracking(), root / "runs" / "a", say=print)
    assert len(in_mlflow(store)) == 1


def test_sync_says_what_cannot_be(root):
    with pytest.raises(ConfigError, match="nothing to sync to with tracking=off"):
        sync(root, Tracking(name="off"))
    with pytest.raises(JournalError, match="There is no run in"):
        sync(root, Tracking(), root / "runs" / "nothing")


def test_sync_without_runs_does_nothing(root, monkeypatch):
    def started(*_):
        raise AssertionError("a process for nothing")

    monkeypatch.setattr(module, "spawn_beside", started)
    assert sync(root, Tracking()) == Synced()


def report(folder, **values):
    return {"folder": str(folder), "code": 0, "records": 0, "complete": True, "busy": False, "problem": None, **values}


def test_lines_for_a_person(root):
    pending.mark(root, root / "runs" / "a", "http://other:5000")
    goal = target(f"sqlite:///{root}/mlflow.db", root)
    journal = create(root / "runs" / "b")
    lines = [
        module._line(report(root / "runs" / name, **values), root, goal)
        for name, values in (
            ("a", {}), ("a", {"records": 3}), ("b", {"complete": False}), ("a", {"complete": False, "busy": True}),
            ("a", {"code": 3, "problem": "away"}),
        )
    ]  # fmt: skip
    journal.close()
    assert lines == [
        "runs/a: nothing new for mlflow.db", "runs/a: 3 records written to mlflow.db", "runs/b: is still running",
        "runs/a: is still being written to http://other:5000 by its own process, which tries for a minute after a "
        "run's end",
        "runs/a: not written to mlflow.db",
    ]  # fmt: skip


def test_each_run_is_brought_to_the_mlflow_that_it_was_tracked_with(tmp_path, monkeypatch):
    for name, where in {"a": "http://one:5000", "b": "http://two:5000", "c": None}.items():
        create(tmp_path / "runs" / "e" / name, name=name).end("FINISHED")
        if where is not None:
            pending.mark(tmp_path, tmp_path / "runs" / "e" / name, where)
    asked: dict[str, str] = {}

    def spawn(goal, arguments, names, log):
        asked[goal.name] = names.read()
        reports = "".join(json.dumps(report(name, records=2)) + "\n" for name in asked[goal.name].split())
        return subprocess.Popen(["printf", "%s", reports], stdout=subprocess.PIPE, text=True)

    monkeypatch.setattr(module, "spawn_beside", spawn)
    said: list[str] = []
    assert sync(tmp_path, Tracking(), say=said.append) == Synced(written=2, untracked=1)
    assert asked == {"http://one:5000": f"{tmp_path}/runs/e/a\n", "http://two:5000": f"{tmp_path}/runs/e/b\n"}
    assert said[0] == "runs/e/a: 2 records written to http://one:5000"
    assert sync(tmp_path, Tracking(), untracked=True, say=said.append).written == 3
    assert said[-1] == "runs/e/c: 2 records written to mlflow.db"


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """The arguments of mirrors that would have been started."""
    calls: list[list[str]] = []

    def spawn(target, arguments, log):
        calls.append([str(argument) for argument in arguments])
        return subprocess.Popen(["true"])

    monkeypatch.setattr(module, "spawn_apart", spawn)
    return calls


def test_reconcile_starts_one_process_for_what_died(tmp_path, started):
    name = f"sqlite:///{tmp_path}/mlflow.db"
    folders = {key: tmp_path / "runs" / key for key in ("killed", "undelivered", "alive", "followed", "elsewhere")}
    journals = {key: create(folder, name=key) for key, folder in folders.items()}
    for key, folder in folders.items():
        pending.mark(tmp_path, folder, "http://other" if key == "elsewhere" else name)
    follower = FileLock(folders["followed"] / MIRROR_LOCK)
    follower.acquire()
    journals["killed"].close()
    for key in ("undelivered", "followed", "elsewhere"):
        journals[key].end("FINISHED")
    assert reconcile(tmp_path, Tracking()) == [folders["killed"]]
    assert started == [["catch-up", str(folders["killed"]), str(folders["undelivered"])]]
    follower.release()
    journals["alive"].end("FINISHED")


def test_reconcile_costs_nothing_where_there_is_nothing(tmp_path, started):
    assert reconcile(tmp_path, Tracking()) == []
    assert reconcile(tmp_path, Tracking(name="off")) == []
    assert started == []
    assert list(tmp_path.iterdir()) == []


def test_reconcile_waits_after_a_mirror_gave_up(tmp_path, started, monkeypatch):
    name = f"sqlite:///{tmp_path}/mlflow.db"
    create(tmp_path / "a").end("FINISHED")
    pending.mark(tmp_path, tmp_path / "a", name)
    pending.give_up(tmp_path, tmp_path / "a", name)
    reconcile(tmp_path, Tracking())
    assert started == []
    monkeypatch.setattr(module, "RETRY_SECONDS", -1.0)
    reconcile(tmp_path, Tracking())
    assert len(started) == 1


def test_note_of_a_run_that_never_began_is_dropped(tmp_path, started):
    name = f"sqlite:///{tmp_path}/mlflow.db"
    pending.mark(tmp_path, tmp_path / "a", name)
    (tmp_path / "a").mkdir()
    reconcile(tmp_path, Tracking())
    assert len(pending.all_pending(tmp_path)) == 1  # it may begin yet
    assert (tmp_path / "a").is_dir()
    note = pending.file_of(tmp_path, tmp_path / "a", name)
    started_at = pending.find(tmp_path, tmp_path / "a", name).starter["started"]
    note.write_text(note.read_text().replace(f'"{started_at}"', '"1"'))
    reconcile(tmp_path, Tracking())
    assert pending.all_pending(tmp_path) == []
    assert not (tmp_path / "a").exists()
    assert started == []
