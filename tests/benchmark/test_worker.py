"""The parent's end of an engine's process: asked, waited for, given up, dead, ended."""

import sys

import pytest

from trainyard.benchmark.engines import Spec
from trainyard.benchmark.worker import CannotError, GoneError, Worker, thread_limits

ANSWERS = """
import json, os, sys, time
for line in sys.stdin:
    message = json.loads(line)
    if message["do"] == "die":
        print("the last words", file=sys.stderr)
        os._exit(3)
    if message["do"] == "sleep":
        time.sleep(60)
    answers = {"fail": {"cannot": "no memory"}, "threads": {"threads": os.environ["OMP_NUM_THREADS"]}}
    print(json.dumps(answers.get(message["do"], message)), flush=True)
"""


@pytest.fixture
def worker():
    made = Worker(Spec("torch", threads=2), [sys.executable, "-c", ANSWERS])
    yield made
    if made.process.returncode is None:
        made.end()


def test_it_answers_goes_on_after_what_it_cannot_do_and_has_its_threads(worker):
    assert worker.ask(20, do="echo", rows=3) == {"do": "echo", "rows": 3}
    with pytest.raises(CannotError, match="no memory"):
        worker.ask(20, do="fail")
    assert worker.ask(20, do="threads") == {"threads": "2"}


def test_one_that_dies_leaves_its_last_words(worker):
    with pytest.raises(GoneError, match=r"its process ended with exit code 3: the last words$"):
        worker.ask(20, do="die")
    with pytest.raises(GoneError):
        worker.ask(20, do="echo")


def test_one_that_is_killed_is_told_apart(worker):
    worker.process.kill()
    with pytest.raises(GoneError, match="was killed by signal 9"):
        worker.hear(20)


def test_one_that_takes_too_long_is_ended(worker):
    with pytest.raises(GoneError, match="not done after 0 s"):
        worker.ask(0.2, do="sleep")
    assert worker.process.returncode is not None


def test_idle_threads_sleep_soon_and_all_libraries_have_the_same_number():
    limits = thread_limits(3)
    assert {name for name, value in limits.items() if value == "3"} >= {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
