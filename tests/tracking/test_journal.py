"""The journal's protocol on the side of the training process."""

import os
import subprocess
import sys
import time

import pytest

from tests.tracking.runs import create, kill, writer
from trainyard.tracking.journal import Journal, JournalError, read_journal, status
from trainyard.tracking.process import Process
from trainyard.tracking.reading import JOURNAL


def test_first_record_names_run_and_process(tmp_path):
    journal = create(tmp_path / "a", experiment="digits", name="first", parent="abc")
    first = read_journal(tmp_path / "a")[0]
    assert first["n"] == 0
    assert first["type"] == "begin"
    assert first["id"] == journal.id
    assert len(journal.id) == 32
    assert (first["kind"], first["experiment"], first["name"], first["parent"]) == ("run", "digits", "first", "abc")
    assert Process.from_dict(first) == Process.own()
    assert first["pid"] == os.getpid()
    assert first["boot"]
    assert first["host"] == os.uname().nodename
    journal.end("FINISHED")


def test_every_record_is_one_write_and_numbered(tmp_path, monkeypatch):
    lines = []
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: lines.append(bytes(data)) or real(fd, data))
    journal = create(tmp_path)
    journal.params({"optimizer.lr": 0.1, "seed": 0})
    journal.tags({"task": "classification"})
    journal.note("über")
    journal.metrics({"train/loss": 1, "val/loss": float("nan")}, step=1)
    journal.dataset(name="digits", digest="d", source="s")
    journal.end("FAILED", "ValueError: no")
    assert b"".join(lines) == (tmp_path / JOURNAL).read_bytes()
    assert all(line.count(b"\n") == 1 and line.endswith(b"\n") for line in lines)
    records = read_journal(tmp_path)
    assert [record["n"] for record in records] == list(range(7))
    types = ["begin", "params", "tags", "note", "metrics", "dataset", "end"]
    assert [record["type"] for record in records] == types
    assert records[-1]["error"] == "ValueError: no"


def test_values_come_back_as_they_were(tmp_path):
    journal = create(tmp_path)
    journal.params({"a": 1, "b": 0.1, "c": True, "d": None, "e": "ü\n"})
    journal.metrics({"x": float("inf"), "y": 0.1 + 0.2}, 3)
    params, metrics = read_journal(tmp_path)[1:]
    assert params["values"] == {"a": 1, "b": 0.1, "c": True, "d": None, "e": "ü\n"}
    assert metrics["values"] == {"x": float("inf"), "y": 0.1 + 0.2}
    journal.end("FINISHED")


def test_artifact_and_model_carry_a_digest_and_a_relative_path(tmp_path):
    journal = create(tmp_path)
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "a.png").write_bytes(b"abc")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "card.json").write_text("{}")
    journal.artifact(tmp_path / "plots" / "a.png")
    journal.model(tmp_path / "model")
    (tmp_path / "model" / "card.json").write_text("{ }")
    journal.model(tmp_path / "model")
    artifact, model, changed = read_journal(tmp_path)[1:]
    assert artifact["path"] == "plots/a.png"
    assert artifact["md5"] == "900150983cd24fb0d6963f7d28e17f72"
    assert artifact["bytes"] == 3
    assert model["path"] == "model"
    assert model["md5"] != changed["md5"]
    with pytest.raises(FileNotFoundError):
        journal.artifact(tmp_path / "plots" / "not_renamed_yet.png")
    journal.end("FINISHED")


def test_reopen_continues_numbers_after_a_torn_line_and_runs_again(tmp_path):
    journal = create(tmp_path)
    journal.metrics({"a": 1}, 1)
    journal.end("KILLED")
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"n":3,"type":"metr')
    assert status(tmp_path) == "KILLED"
    again = Journal.reopen(tmp_path, sync=False)
    assert again.id == journal.id
    assert status(tmp_path) == "RUNNING"
    again.metrics({"a": 2}, 2)
    again.end("FINISHED")
    records = read_journal(tmp_path)
    assert [record["type"] for record in records] == ["begin", "metrics", "end", "resume", "metrics", "end"]
    assert [record["n"] for record in records] == list(range(6))
    assert status(tmp_path) == "FINISHED"


def test_extend_appends_without_changing_the_state(tmp_path):
    create(tmp_path).end("FINISHED")
    journal = Journal.extend(tmp_path, sync=False)
    journal.metrics({"other/accuracy": 0.5}, 1)
    assert status(tmp_path) == "FINISHED"
    journal.close()
    assert status(tmp_path) == "FINISHED"
    assert read_journal(tmp_path)[-1]["values"] == {"other/accuracy": 0.5}


def test_a_folder_takes_one_run_and_one_writer(tmp_path, monkeypatch):
    monkeypatch.setattr("trainyard.tracking.journal.LOCK_SECONDS", 0.1)
    process = writer(tmp_path)
    try:
        with pytest.raises(JournalError, match="Another process is writing"):
            Journal.reopen(tmp_path)
    finally:
        kill(process)
    with pytest.raises(JournalError, match="holds a run already"):
        create(tmp_path)
    with pytest.raises(JournalError, match="There is no run"):
        Journal.reopen(tmp_path / "nothing")


def test_closed_journal_refuses(tmp_path):
    journal = create(tmp_path)
    journal.end("FINISHED")
    with pytest.raises(JournalError, match="closed"):
        journal.metrics({"a": 1}, 1)


def test_full_disk_leaves_no_torn_line_in_the_middle(tmp_path, monkeypatch):
    journal = create(tmp_path)
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:7]))
    with pytest.raises(JournalError, match="disk full"):
        journal.metrics({"a": 1}, 1)
    monkeypatch.undo()
    journal.metrics({"a": 2}, 2)
    journal.end("FINISHED")
    assert [record["n"] for record in read_journal(tmp_path)] == [0, 1, 2]


def test_flush_and_end_reach_the_disk(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append((tmp_path / JOURNAL).stat().st_size))
    journal = create(tmp_path, sync=True)
    journal.metrics({"a": 1}, 1)
    assert synced == []
    journal.flush()
    journal.end("FINISHED")
    size = (tmp_path / JOURNAL).stat().st_size
    assert synced[-1] == size
    assert synced[0] < size


def test_a_metric_costs_microseconds(tmp_path):
    journal = create(tmp_path)
    values = {"train/loss": 0.1, "val/loss": 0.2, "val/accuracy": 0.9, "val/macro_f1": 0.9}
    start = time.perf_counter()
    for step in range(500):
        journal.metrics(values, step)
    each = (time.perf_counter() - start) / 500
    journal.end("FINISHED")
    assert each < 300e-6  # log_metric takes 3 to 8 ms; the benchmark measures the ratio


def test_the_side_of_the_training_process_imports_nothing_heavy():
    code = "import sys, trainyard.tracking.client; print({'mlflow', 'torch', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
