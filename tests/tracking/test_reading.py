"""What can be read of a run, whatever happened to its writer."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.runs import create, kill, writer
from trainyard.tracking.journal import Journal
from trainyard.tracking.reading import (
    JOURNAL,
    JournalError,
    Tail,
    alive,
    first_record,
    parse,
    quick_status,
    read_journal,
    status,
)


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


def test_the_quick_status_is_the_status(tmp_path):
    journal = create(tmp_path)
    journal.note('what a person writes: "type":"end","status":"FAILED"')
    assert quick_status(tmp_path) == status(tmp_path) == "RUNNING"
    journal.close()
    assert quick_status(tmp_path) == status(tmp_path) == "KILLED"
    Journal.reopen(tmp_path).end("FINISHED")
    Journal.extend(tmp_path).close()
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('{"n":4,"type":"end","sta')
    assert quick_status(tmp_path) == status(tmp_path) == "FINISHED"
    with (tmp_path / JOURNAL).open("a") as file:
        file.write("\n")
    with pytest.raises(JournalError, match="its record of how the run ended is damaged"):
        quick_status(tmp_path)
    with pytest.raises(JournalError, match="There is no run in"):
        quick_status(tmp_path / "elsewhere")


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


def test_first_record_is_read_alone(tmp_path):
    assert first_record(tmp_path) is None
    journal = create(tmp_path)
    journal.metrics({"a": 1}, 1)
    assert first_record(tmp_path)["id"] == journal.id
    journal.close()


def test_where_the_file_system_knows_no_locks_the_process_is_asked(tmp_path, monkeypatch):
    create(tmp_path).close()
    monkeypatch.setattr("trainyard.tracking.reading.is_locked", lambda path: None)
    assert alive(tmp_path)  # this very process is the one in the first record
    text = (tmp_path / JOURNAL).read_text()
    started = json.loads(text)["started"]
    (tmp_path / JOURNAL).write_text(text.replace(f'"{started}"', '"1"'))
    assert not alive(tmp_path)  # the pid was given to another process since
    host = json.loads(text)["host"]
    (tmp_path / JOURNAL).write_text(text.replace(f'"{host}"', '"elsewhere"'))
    assert alive(tmp_path)  # of a process elsewhere a fresh journal is all there is to go by
    monkeypatch.setattr("trainyard.tracking.reading.UNKNOWN_ALIVE_SECONDS", -1.0)
    assert not alive(tmp_path)
