import os
import signal
import sys
import threading
from contextlib import closing

import pytest

from trainyard.training.pool import Pool
from trainyard.training.stop import Stop

# answers as a worker does: the ticket says what becomes of the member, and the outcome says which process it was
WORKER = """
import json, os, signal, sys, time

def answer(number, status, code):
    result = {"folder": f"/runs/{number}", "status": status, "exit_code": code, "metrics": {"test/loss": float("nan")},
              "monitor_value": 0.5, "error": None}
    print(json.dumps({"number": number, "result": result, "said": str(os.getpid()), "complained": ""}), flush=True)

def on_signal(sent, frame):
    raise KeyboardInterrupt(sent)

signal.signal(signal.SIGINT, on_signal)
signal.signal(signal.SIGTERM, on_signal)
for line in sys.stdin:
    number, _, what = line.strip().partition(" ")
    print(f"began /runs/{number}", flush=True)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "leave":
        sys.exit(7)
    try:
        time.sleep(60 if what == "wait" else 0)
        answer(int(number), "FINISHED", 0)
    except KeyboardInterrupt as stopped:
        answer(int(number), "KILLED", 128 + stopped.args[0])
"""


@pytest.fixture
def pool():
    with closing(Pool([sys.executable, "-c", WORKER], 2)) as pool:
        yield pool


def tickets(*words):
    return {number: f"{number} {word}" for number, word in enumerate(words)}


def ended(pool, members, stop=None):
    found = {outcome.number: outcome for outcome in pool.train(members, stop or Stop())}
    return [found[number] for number in sorted(found)]


def test_each_member_has_its_outcome_and_processes_train_one_after_the_other(pool):
    outcomes = ended(pool, tickets(*["train"] * 6))
    assert [outcome.result.status for outcome in outcomes] == ["FINISHED"] * 6
    assert str(outcomes[3].result.folder) == "/runs/3"
    assert len({outcome.said for outcome in outcomes}) <= 2
    again = ended(pool, tickets("train"))
    assert {outcome.said for outcome in again} <= {outcome.said for outcome in outcomes}


def test_a_process_that_dies_takes_no_other_member_along(pool):
    outcomes = ended(pool, tickets("train", "die", "train", "leave", "train", "die"))
    assert [outcome.result.status for outcome in outcomes] == [
        "FINISHED", "KILLED", "FINISHED", "KILLED", "FINISHED", "KILLED",
    ]  # fmt: skip
    assert [outcome.result.exit_code for outcome in outcomes] == [0, 1, 0, 1, 0, 1]
    assert str(outcomes[1].result.folder) == "/runs/1"
    assert "was ended by SIGKILL; perhaps the memory was full" in outcomes[1].said
    assert outcomes[3].result.error == "the process of this member ended with exit code 7"


@pytest.mark.parametrize(("reason", "code"), [("interrupted", 130), ("terminated", 143)])
def test_a_signal_is_passed_on_and_no_further_member_begins(pool, reason, code):
    stop = Stop()
    threading.Timer(0.5, lambda: setattr(stop, "reason", reason)).start()
    outcomes = ended(pool, tickets("wait", "wait", "train", "train"), stop)
    assert [(outcome.number, outcome.result.exit_code) for outcome in outcomes] == [(0, code), (1, code)]


def test_closing_ends_what_still_trains():
    pool = Pool([sys.executable, "-c", WORKER], 1)
    waiting = pool.train(tickets("train", "wait"), Stop())
    pid = int(next(waiting).said)
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        next(waiting)
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
