"""What the folder of a run tells at a glance, from few bytes."""

import json
import math

import pytest

from tests.tracking.runs import create, kill, writer
from trainyard.tracking import glance as module
from trainyard.tracking.glance import glance, glances
from trainyard.tracking.journal import Journal, status


@pytest.fixture
def clock(monkeypatch):
    """Each record is written a second after the last one."""
    seconds = iter(range(1000, 100_000))
    monkeypatch.setattr("trainyard.tracking.journal.time.time", lambda: float(next(seconds)))


@pytest.fixture(params=["whole", "ends"])
def read(request, monkeypatch):
    """Journals are read as a whole, or at their ends."""
    if request.param == "ends":
        monkeypatch.setattr(module, "WHOLE_BYTES", 1400)
        monkeypatch.setattr(module, "END_BYTES", 700)
    return request.param


def run(folder, epochs=50):
    journal = create(folder, experiment="iris", name="iris-mlp", parent="p" * 32)
    journal.params({"training.monitor": "val/accuracy"})
    for epoch in range(epochs):
        journal.metrics({"train/loss": 0.1, "val/loss": 0.2}, epoch)
    return journal


def test_a_run_that_ended(tmp_path, clock, read):
    run(tmp_path / "a").end("FAILED", "why")
    (tmp_path / "a" / "metrics.json").write_text('{"test/accuracy": 0.5, "test/r2": null}')
    (tmp_path / "a" / "overrides.txt").write_text("dataset=iris\nnote=a b\n")
    found = glance(tmp_path / "a")
    assert (found.status, found.seconds, found.is_sweep) == ("FAILED", 52.0, False)
    assert (found.begin["experiment"], found.begin["parent"]) == ("iris", "p" * 32)
    assert found.params == {"training.monitor": "val/accuracy"}
    assert found.metrics["test/accuracy"] == 0.5
    assert math.isnan(found.metrics["test/r2"])
    assert found.overrides == ("dataset=iris", "note=a b")


def test_a_run_that_goes_on_and_one_that_was_killed(tmp_path, read):
    process = writer(tmp_path / "a")
    assert glance(tmp_path / "a").status == "RUNNING"
    kill(process)
    assert glance(tmp_path / "a").status == "KILLED"


def test_its_status_is_that_of_its_journal(tmp_path, read):
    journal = run(tmp_path / "a")
    assert glance(tmp_path / "a").status == status(tmp_path / "a") == "RUNNING"
    journal.close()
    assert glance(tmp_path / "a").status == status(tmp_path / "a") == "KILLED"
    Journal.reopen(tmp_path / "a", sync=False).end("FINISHED")
    later = Journal.extend(tmp_path / "a", sync=False)
    for number in range(30):  # more than the end that is read
        later.tags({"added": f"{number}" * 20})
    later.close()
    assert glance(tmp_path / "a").status == status(tmp_path / "a") == "FINISHED"


def test_the_time_between_two_lives_does_not_count(tmp_path, clock):
    run(tmp_path / "a", epochs=3).close()  # begins in second 0, its last word is in second 4
    next_life = Journal.reopen(tmp_path / "a", sync=False)  # second 5
    next_life.metrics({"train/loss": 0.1}, 4)
    next_life.end("FINISHED")
    later = Journal.extend(tmp_path / "a", sync=False)
    later.tags({"evaluated": "yes"})
    later.close()
    assert glance(tmp_path / "a").seconds == 4 + 2


def test_a_torn_line_and_damaged_files_are_passed_over(tmp_path):
    run(tmp_path / "a").end("FINISHED")
    with (tmp_path / "a" / "journal.jsonl").open("a") as file:
        file.write('{"n":99,"type":"beg')
    (tmp_path / "a" / "metrics.json").write_text("{")
    found = glance(tmp_path / "a")
    assert (found.status, found.metrics, found.overrides) == ("FINISHED", {}, ())


def test_where_no_run_began_there_is_nothing(tmp_path):
    assert glance(tmp_path) is None
    (tmp_path / "journal.jsonl").write_text("")
    assert glance(tmp_path) is None
    (tmp_path / "journal.jsonl").write_text('{"n":0,"type":"metrics"}\n')
    assert glance(tmp_path) is None
    assert list(glances(tmp_path / "nowhere")) == []


def test_a_sweep_has_what_its_json_holds(tmp_path):
    create(tmp_path / "s", kind="sweep").end("FINISHED")
    (tmp_path / "s" / "sweep.json").write_text(json.dumps({"metrics": {"members/good": 2.0}, "best": "0-seed=1"}))
    found = glance(tmp_path / "s")
    assert (found.is_sweep, found.metrics, found.more["best"]) == (True, {"members/good": 2.0}, "0-seed=1")


def test_all_runs_of_all_experiments_are_found_once(tmp_path):
    for experiment, name in (("iris", "a"), ("iris", "b"), ("digits", "c")):
        create(tmp_path / experiment / name, name=name).end("FINISHED")
    create(tmp_path / "iris" / "s" / "0", name="member").end("FINISHED")
    (tmp_path / "latest").symlink_to(tmp_path / "iris" / "a")
    (tmp_path / "notes.txt").touch()
    assert sorted(found.begin["name"] for found in glances(tmp_path)) == ["a", "b", "c"]
