"""The mirror's own decisions, in this process."""

import io
import json
import os
import signal
import threading
import time

import pytest

from tests.tracking.runs import create, in_mlflow, whole_run
from trainyard.tracking import mirror, pending
from trainyard.tracking.lock import FileLock
from trainyard.tracking.mirror import follow
from trainyard.tracking.progress import MIRROR_LOCK, read_progress
from trainyard.tracking.spawn import DONE, GAVE_UP, REFUSED
from trainyard.tracking.store import Store
from trainyard.tracking.target import target

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas


def catch_up(folders, store, files, patience: float) -> tuple[int, list[dict]]:
    """The exit code and the answers."""
    answers = io.StringIO()
    code = mirror.catch_up(folders, store, files, patience, answers)
    return code, [json.loads(line) for line in answers.getvalue().splitlines()]


class Away:
    """A client of an MLflow that cannot be reached for a while."""

    def __init__(self, client, until: float):
        self._client, self._until = client, until

    def __getattr__(self, name):
        if time.monotonic() < self._until:
            raise ConnectionError("no route to host")
        return getattr(self._client, name)


def test_follow_goes_to_the_end_and_takes_the_note_away(store, root, files):
    pending.mark(root, root / "a", store.target.name)
    whole_run(root / "a").end("FINISHED")
    assert follow(root / "a", store, files, patience=5.0) == DONE
    assert in_mlflow(store)[0]["status"] == "FINISHED"
    assert pending.all_pending(root) == []


def test_follow_ends_where_no_run_came_of_it(store, root, files):
    assert follow(root / "a", store, files, patience=5.0) == DONE  # no note: cancelled
    pending.mark(root, root / "a", store.target.name)
    (root / "a").mkdir()
    note = pending.file_of(root, root / "a", store.target.name)
    started = json.loads(note.read_text())["starter"]["started"]
    note.write_text(note.read_text().replace(f'"{started}"', '"1"'))
    assert follow(root / "a", store, files, patience=5.0) == DONE  # its starter is gone
    assert pending.all_pending(root) == []
    assert not (root / "a").exists()


def test_an_outage_is_waited_out(store, root, files):
    whole_run(root / "a").end("FINISHED")
    store._client = Away(store.connect(), time.monotonic() + 0.8)
    assert follow(root / "a", store, files, patience=5.0) == DONE
    assert in_mlflow(store)[0]["status"] == "FINISHED"


def test_mirror_left_behind_gives_up_and_says_so(store, root, files):
    pending.mark(root, root / "a", store.target.name)
    whole_run(root / "a").end("FINISHED")
    store._client = Away(store.connect(), time.monotonic() + 3600)
    start = time.monotonic()
    assert follow(root / "a", store, files, patience=0.3) == GAVE_UP
    assert time.monotonic() - start < 3.0
    problem = f"{store.target.name} could not be written: no route to host"
    assert read_progress(root / "a", store.target.name).problem == problem
    assert pending.find(root, root / "a", store.target.name).gave_up
    assert not FileLock(root / "a" / MIRROR_LOCK).held


def test_patience_does_not_run_out_while_the_run_goes_on(store, root, files, monkeypatch):
    journal = whole_run(root / "a")
    monkeypatch.setattr(mirror, "LONGEST_WAIT", 0.1)
    away = Away(store.connect(), time.monotonic() + 1.0)
    store._client = away
    ends = []
    monkeypatch.setattr(mirror, "_pause", lambda *_, **__: ends.append(time.sleep(0.05)))

    def end_once_back(self, real=mirror.Follower.step):
        done = real(self)
        if not ends or journal._fd < 0:
            return done
        journal.end("FINISHED")
        return False

    monkeypatch.setattr(mirror.Follower, "step", end_once_back)
    assert follow(root / "a", store, files, patience=0.2) == DONE
    assert len(ends) > 5
    assert in_mlflow(store)[0]["status"] == "FINISHED"


def test_experiment_that_cannot_be_written_is_refused_at_once(store, root, files):
    store.client.create_experiment("served", artifact_location="mlflow-artifacts:/1")
    pending.mark(root, root / "a", store.target.name)
    create(root / "a", experiment="served").end("FINISHED")
    assert follow(root / "a", store, files, patience=60.0) == REFUSED
    assert "was made by an MLflow server" in read_progress(root / "a", store.target.name).problem
    assert pending.find(root, root / "a", store.target.name).gave_up


def test_damaged_journal_is_told(store, root, files):
    create(root / "a").end("FINISHED")
    text = (root / "a" / "journal.jsonl").read_text()
    (root / "a" / "journal.jsonl").write_text(text + "{broken\n" + text)
    code, (answer,) = catch_up([root / "a"], store, files, patience=1.0)
    assert code == REFUSED
    assert "record 2 is damaged" in answer["problem"]


def test_catch_up_tells_of_each_folder(store, root, files):
    whole_run(root / "a", name="a").end("FINISHED")
    running = create(root / "b", name="b")
    other = FileLock(root / "c" / MIRROR_LOCK)
    create(root / "c", name="c").end("FINISHED")
    other.acquire()
    code, (first, second, third) = catch_up([root / "a", root / "b", root / "c"], store, files, patience=1.0)
    assert code == DONE
    assert (first["records"], first["complete"], first["busy"]) == (13, True, False)
    assert (second["records"], second["complete"], second["busy"]) == (1, False, False)
    assert (third["records"], third["complete"], third["busy"]) == (0, False, True)
    other.release()
    assert catch_up([root / "a"], store, files, patience=1.0)[1][0]["records"] == 0
    assert {run["name"]: run["status"] for run in in_mlflow(store)} == {"a": "FINISHED", "b": "RUNNING"}
    running.end("FINISHED")


def test_catch_up_stops_where_mlflow_is_away(store, root, files):
    create(root / "a").end("FINISHED")
    create(root / "b").end("FINISHED")
    store._client = Away(store.connect(), time.monotonic() + 3600)
    code, (only,) = catch_up([root / "a", root / "b"], store, files, patience=0.1)
    assert code == GAVE_UP
    assert "could not be written" in only["problem"]


def test_another_target_gets_everything_too(store, root, files, tmp_path_factory, empty_database):
    whole_run(root / "a").end("FINISHED")
    catch_up([root / "a"], store, files, patience=1.0)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "other.db"
    elsewhere.write_bytes(empty_database.read_bytes())
    other = Store(target(f"sqlite:///{elsewhere}", root))
    catch_up([root / "a"], other, files, patience=1.0)
    assert in_mlflow(other) == in_mlflow(store)


def test_mirror_left_behind_has_a_hard_deadline(root, monkeypatch):
    class Exited(Exception):
        pass

    def leave(code):
        raise Exited(code)

    class Waiting(threading.Event):
        rounds = 0

        def wait(self, timeout=None):
            self.rounds += 1
            if self.rounds == 4:
                journal.end("FINISHED")
            return super().wait(0.04)

    monkeypatch.setattr(mirror.os, "_exit", leave)
    monkeypatch.setattr(mirror, "LEFT_BEHIND_SECONDS", 0.1)
    journal = create(root / "a")
    waiting = Waiting()
    with pytest.raises(Exited, match=str(GAVE_UP)):
        mirror._end_some_time(root / "a", waiting)
    assert 6 <= waiting.rounds <= 8  # the rounds while the run went on do not count
    delivered = threading.Event()
    delivered.set()
    mirror._end_some_time(root / "a", delivered)


def test_signal_to_end_waits_for_the_last_words_of_the_run(root, monkeypatch):
    exits = []
    monkeypatch.setattr(mirror.os, "_exit", exits.append)
    old = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        mirror._outlive(root / "a")
        journal = create(root / "a")
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        assert exits == []
        journal.end("KILLED")
        os.kill(os.getpid(), signal.SIGTERM)
        assert exits == [GAVE_UP]
    finally:
        for number, handler in zip((signal.SIGINT, signal.SIGTERM), old, strict=True):
            signal.signal(number, handler)
