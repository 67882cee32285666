"""The journal's protocol on the side of the training process."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.tracking.journal import Journal, JournalError, alive, read_journal, status
from trainyard.tracking.process import Process
from trainyard.tracking.rank import is_first_process
from trainyard.tracking.reading import JOURNAL, Tail, parse


def create(folder: Path, **options) -> Journal:
    return Journal.create(folder, **{"kind": "run", "experiment": "e", "name": "n", "sync": False, **options})


WRITER = """
import sys, time
from pathlib import Path
from trainyard.tracking.journal import Journal
journal = Journal.create(Path(sys.argv[1]), kind="run", experiment="e", name="n")
journal.metrics({"val/loss": 1.0}, 1)
print("ready", flush=True)
"""


def writer(folder: Path, then: str = "time.sleep(60)") -> subprocess.Popen:
    """A process that has the journal of `folder` open."""
    process = subprocess.Popen([sys.executable, "-c", WRITER + then, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


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


@given(cut=st.integers(min_value=0, max_value=500))
def test_torn_last_line_is_ignored_wherever_it_is_torn(cut):
    lines = [json.dumps({"n": n, "type": "metrics", "values": {"é": n}}, ensure_ascii=False) for n in range(6)]
    whole = ("\n".join(lines) + "\n").encode()
    data = whole[:cut]
    records, size = parse(data, Path("j"))
    assert [record["n"] for record in records] == list(range(data.count(b"\n")))
    assert size == data.rfind(b"\n") + 1


def test_last_line_of_zeros_after_a_power_cut_is_ignored(tmp_path):
    create(tmp_path).end("FINISHED")
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b"\0" * 50 + b"\n")
    assert [record["type"] for record in read_journal(tmp_path)] == ["begin", "end"]


def test_damage_in_the_middle_and_a_second_writer_are_said(tmp_path):
    journal = create(tmp_path)
    journal.metrics({"a": 1}, 1)
    journal.end("FINISHED")
    lines = (tmp_path / JOURNAL).read_text().splitlines(keepends=True)
    (tmp_path / JOURNAL).write_text(lines[0] + "{broken\n" + lines[2])
    with pytest.raises(JournalError, match="record 1 is damaged"):
        read_journal(tmp_path)
    (tmp_path / JOURNAL).write_text(lines[0] + lines[1] + lines[1])
    with pytest.raises(JournalError, match="two programs wrote"):
        read_journal(tmp_path)


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


def test_a_folder_takes_one_run_and_one_writer(tmp_path):
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


def test_alive_while_open_and_killed_after_kill_9(tmp_path):
    process = writer(tmp_path)
    assert alive(tmp_path)
    assert status(tmp_path) == "RUNNING"
    kill(process)
    assert not alive(tmp_path)
    assert status(tmp_path) == "KILLED"


def test_end_record_counts_more_than_the_free_lock(tmp_path):
    create(tmp_path / "a").end("FINISHED")
    create(tmp_path / "b").end("FAILED", "x")
    create(tmp_path / "c").close()
    assert [status(tmp_path / name) for name in "abc"] == ["FINISHED", "FAILED", "KILLED"]


def test_asking_in_the_same_process_does_not_lose_the_lock(tmp_path):
    journal = create(tmp_path)
    assert alive(tmp_path)  # opening and closing the lock file here would let the lock go
    code = "import sys, pathlib; from trainyard.tracking.journal import alive; print(alive(pathlib.Path(sys.argv[1])))"
    other = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert other.stdout == "True\n"
    journal.end("FINISHED")
    assert not alive(tmp_path)


def test_a_forked_worker_does_not_outlive_its_owner_as_the_writer(tmp_path):
    then = "import os\nif os.fork() == 0:\n    print('child', os.getpid(), flush=True)\ntime.sleep(60)"
    process = writer(tmp_path, then)
    child = int(process.stdout.readline().split()[1])
    try:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.kill(child, 0)  # the child lives on, with every descriptor of its parent
        assert not alive(tmp_path)
        assert status(tmp_path) == "KILLED"
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()


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


@pytest.mark.parametrize(
    ("env", "first"),
    [
        ({}, True),
        ({"RANK": "0", "LOCAL_RANK": "0"}, True),
        ({"RANK": "2", "LOCAL_RANK": "0"}, False),
        ({"SLURM_PROCID": "1"}, False),
        ({"SLURM_PROCID": "0"}, True),
        ({"LOCAL_RANK": "1"}, False),
        ({"NODE_RANK": "1", "LOCAL_RANK": "0"}, False),
        ({"NODE_RANK": "0", "LOCAL_RANK": "0"}, True),
        ({"RANK": "", "LOCAL_RANK": ""}, True),
    ],
)
def test_rank_comes_from_the_environment(env, first):
    assert is_first_process(env) is first


def test_other_ranks_write_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    journal = create(tmp_path / "run")
    journal.metrics({"a": 1}, 1)
    journal.flush()
    journal.end("FINISHED")
    assert not (tmp_path / "run").exists()


def test_tail_reads_each_record_once(tmp_path):
    tail = Tail(tmp_path)
    assert tail.read() == []
    journal = create(tmp_path)
    assert [record["type"] for record in tail.read()] == ["begin"]
    journal.metrics({"a": 1}, 1)
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"n":2')
    assert [record["type"] for record in tail.read()] == ["metrics"]
    assert tail.read() == []
    journal.close()


def test_process_is_more_than_its_pid():
    own = Process.own()
    assert own.runs_here() is True
    assert Process(own.pid, "1", own.host, own.boot).runs_here() is False
    assert Process(own.pid, own.started, own.host, "other boot").runs_here() is False
    assert Process(own.pid, own.started, "elsewhere", own.boot).runs_here() is None


def test_a_metric_costs_microseconds(tmp_path):
    journal = create(tmp_path)
    values = {"train/loss": 0.1, "val/loss": 0.2, "val/accuracy": 0.9, "val/macro_f1": 0.9}
    start = time.perf_counter()
    for step in range(500):
        journal.metrics(values, step)
    each = (time.perf_counter() - start) / 500
    journal.end("FINISHED")
    assert each < 300e-6  # log_metric takes 3 to 8 ms; the benchmark measures the ratio


def test_importing_the_journal_imports_nothing_heavy():
    code = "import sys, trainyard.tracking.journal; print([m for m in ('mlflow', 'torch', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
