"""How far MLflow has a run."""

from tests.tracking.runs import create
from trainyard.tracking.lock import FileLock
from trainyard.tracking.progress import (
    MIRROR_LOCK,
    PROGRESS,
    Progress,
    delivered,
    is_tracked,
    read_progress,
    tracked_by,
    write_progress,
)
from trainyard.tracking.reading import JOURNAL, Tail


def test_progress_is_kept_for_each_target_and_may_be_lost(tmp_path):
    assert not is_tracked(tmp_path)
    assert read_progress(tmp_path, "a") == Progress()
    write_progress(tmp_path, "a", Progress("1", 10, 2, True, "x"))
    write_progress(tmp_path, "b", Progress("2"))
    assert read_progress(tmp_path, "a") == Progress("1", 10, 2, True, "x")
    assert read_progress(tmp_path, "b") == Progress("2")
    assert is_tracked(tmp_path)
    for broken in ("", "[]", '{"a": {"other": 1}}', '{"a": 3}'):
        (tmp_path / PROGRESS).write_text(broken)
        assert read_progress(tmp_path, "a") == Progress()
        write_progress(tmp_path, "b", Progress("2"))
        assert read_progress(tmp_path, "b") == Progress("2")


def test_a_mirror_that_never_reached_mlflow_counts(tmp_path):
    lock = FileLock(tmp_path / MIRROR_LOCK)
    lock.acquire()
    lock.release()
    assert is_tracked(tmp_path)


def test_delivered_is_all_of_the_journal(tmp_path):
    journal = create(tmp_path)
    journal.end("FINISHED")
    tail = Tail(tmp_path)
    tail.read()
    assert not delivered(tmp_path, "a")
    write_progress(tmp_path, "a", Progress("1", tail.offset, tail.number, False))
    assert not delivered(tmp_path, "a")
    write_progress(tmp_path, "a", Progress("1", tail.offset, tail.number, True))
    assert delivered(tmp_path, "a")
    assert not delivered(tmp_path, "b")
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('{"n":2,"torn')
        file.flush()
        assert delivered(tmp_path, "a")
        file.write('":1}\n')
    assert not delivered(tmp_path, "a")


def test_a_run_is_tracked_by_those_that_have_it_or_else_by_those_that_were_to_get_it(tmp_path):
    assert tracked_by(tmp_path) == []
    write_progress(tmp_path, "a", Progress(problem="no answer"))
    assert tracked_by(tmp_path) == ["a"]
    write_progress(tmp_path, "b", Progress("1"))
    assert tracked_by(tmp_path) == ["b"]
    (tmp_path / PROGRESS).write_text('{"a": 3}')
    assert tracked_by(tmp_path) == []
