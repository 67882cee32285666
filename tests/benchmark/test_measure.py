"""The measurement: cases one after another, engines in turns, and what becomes of one that fails, dies or is slow."""

import itertools
import sys
import time
from dataclasses import replace

import pytest

from trainyard.benchmark.engines import Spec
from trainyard.benchmark.measure import Session, step_seconds, team
from trainyard.benchmark.rows import LEFT_OUT
from trainyard.benchmark.worker import Worker

GUIDE = Spec("torch")
# an engine as a process that imports nothing: losses, seconds and failures are made up by its kind
MADE_UP = """
import json, os, sys, time
kind, case = sys.argv[1], None
print(json.dumps({"facts": {"versions": {}}}), flush=True)
for line in sys.stdin:
    message = json.loads(line)
    case, do = message.get("case", case), message["do"]
    if kind == "captured" and do == "turn":
        os._exit(7)
    if kind == "compiled" and do == "check":
        print(json.dumps({"cannot": "not enough memory"}), flush=True)
        continue
    losses = [2.3, 2.0, 1.9 if kind == "scikit-learn" else 1.5]
    answers = {"lay out": {"multiplications": 10}, "check": {"losses": losses}, "end": {"memory": 5}}
    answers["turn"] = {"seconds": case["rows"] / {"numpy": 100_000, "trainyard": 200_000}.get(kind, 50_000)}
    if do in answers:
        print(json.dumps(answers[do]), flush=True)
"""


def start(spec):
    return Worker(spec, [sys.executable, "-c", MADE_UP, spec.kind])


@pytest.fixture
def session(tmp_path):
    """Make a session over engines that are made up."""
    specs = [Spec(kind) for kind in ("numpy", "scikit-learn", "torch", "trainyard", "compiled", "captured")]
    with team(start) as found:
        found.join(specs)
        yield Session(found, GUIDE, specs, tmp_path, time.monotonic() + 60, 60.0)
    assert all(worker.process.returncode is not None for worker in found.workers.values())


def by_kind(rows):
    return {row.spec.kind: row for row in rows}


def test_engines_are_measured_and_those_that_fail_die_or_are_wrong_have_their_reason(session, workloads):
    begun = []
    rows = session.run([workloads["linear"]], lambda name, size: begun.append((name, size)))
    found = by_kind(rows)
    assert begun == [("784-10", 16)]
    assert {kind for kind, row in found.items() if row.ranked} == {"numpy", "torch", "trainyard"}
    assert found["trainyard"].speed == pytest.approx(200_000)
    assert found["trainyard"].memory == 5
    assert len(found["numpy"].timing.seconds) == 7
    assert found["scikit-learn"].wrong
    assert found["compiled"].note == "not enough memory"
    assert found["captured"].note == "its process ended with exit code 7"


def test_one_that_died_is_started_anew_for_the_next_network(session, workloads):
    session.run([workloads["linear"]], lambda *_: None)
    lost = session.team.absent.copy()
    assert list(lost) == [Spec("captured")]
    session.team.regain()
    assert session.team.workers[Spec("captured")].process.poll() is None


def test_a_network_that_an_engine_does_not_have_gives_it_no_row(session, workloads):
    rows = session.run([workloads["cnn"]], lambda *_: None)
    assert "numpy" not in by_kind(rows)


def test_with_little_time_rounds_are_dropped_and_what_is_slow_is_left_out(session, workloads):
    ticks = itertools.count()
    session.clock, session.deadline = lambda: float(next(ticks)), 25.0  # each look at it takes a second
    session.pace["784-10", Spec("numpy")] = [(4, 50.0)]
    found = by_kind(session.run([workloads["linear"]], lambda *_: None))
    assert found["numpy"].note == LEFT_OUT
    assert 1 <= len(found["trainyard"].timing.seconds) < 7


def test_with_hardly_any_time_the_published_case_is_measured_for_all_engines(session, workloads):
    linear, published = workloads["linear"], replace(workloads["mlp"], name="784-500-10", sizes=(1, 16, 60))
    now = session.clock()
    session.clock, session.deadline = lambda: now, now + 1.0  # for six engines, one case
    rows = session.run([linear, published], lambda *_: None)
    assert {row.case for row in rows if row.ranked} == {("784-500-10", 60)}
    assert {row.case for row in rows} == {("784-10", 16), *(("784-500-10", size) for size in (1, 16, 60))}
    assert session.affordable([linear]) == {("784-10", 16)}
    session.deadline = now + 60.0
    assert len(session.affordable([linear, published])) == 4


def test_engines_that_compile_are_checked_last_and_keep_their_place(session, workloads, monkeypatch):
    checked = []
    check = Session.checked
    monkeypatch.setattr(Session, "checked", lambda self, row, *more: checked.append(row) or check(self, row, *more))
    session.specs = [Spec("compiled"), Spec("numpy"), Spec("torch")]
    rows = session.run([workloads["linear"]], lambda *_: None)
    assert [row.spec.kind for row in checked] == ["numpy", "torch", "compiled"]
    assert [row.spec.kind for row in rows] == ["compiled", "numpy", "torch"]


def test_one_whose_first_epoch_takes_far_more_than_its_share_has_no_further_turn(session, workloads):
    session.clock, session.deadline = lambda: 0.0, 0.01  # shares of 1.7 ms; epochs take 5.1 ms and 2.6 ms
    found = by_kind(session.run([workloads["linear"]], lambda *_: None))
    assert found["trainyard"].ranked
    assert found["numpy"].note == LEFT_OUT
    assert found["numpy"].timing is None
    assert found["numpy"].memory == 5  # its training was ended in order


def test_each_network_has_its_part_of_the_time(session, workloads):
    ticks = itertools.count()
    session.clock, session.deadline = lambda: float(next(ticks)), 300.0  # each look at it takes a second
    rows = session.run([replace(workloads["linear"], sizes=(4,) * 20), workloads["cnn"]], lambda *_: None)
    assert any(row.note == LEFT_OUT for row in rows if row.network == "784-10")
    assert any(row.ranked for row in rows if row.network == "cnn-8-16")


def test_after_the_deadline_nothing_is_measured(session, workloads):
    session.deadline = time.monotonic() - 1
    rows = session.run([workloads["linear"], workloads["cnn"]], lambda *_: None)
    assert {row.note for row in rows} == {LEFT_OUT}
    assert {row.network for row in rows} == {"784-10", "cnn-8-16"}


def test_an_engine_that_does_not_start_is_absent_with_its_reason():
    with team(lambda spec: Worker(spec, [sys.executable, "-c", "raise SystemExit('no such library')"])) as found:
        found.join([GUIDE])
        assert found.absent == {GUIDE: "its process ended with exit code 1: no such library"}
        assert found.workers == {}


def test_processes_end_with_the_block_whatever_ends_it():
    begun = []

    def interrupted():
        with team(start) as found:
            found.join([GUIDE])
            begun.append(found.workers[GUIDE].process)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert begun[0].returncode is not None


def test_a_step_is_expected_to_grow_as_it_did_between_the_last_two_sizes():
    assert step_seconds([], 64) == 0
    assert step_seconds([(1, 3.0)], 64) == 3
    assert step_seconds([(1, 9.0), (4, 1.0), (16, 4.0)], 64) == 4 + 3 / 12 * 48
    assert step_seconds([(4, 2.0), (16, 1.0)], 64) == 1
