import sys

import pytest

from trainyard.benchmark.tune_trainee import Trainee


def trainee(code):
    """A trainee whose process runs some code, which reads `asked` and then turns."""
    return Trainee({}, "what to train", [sys.executable, "-c", f"import sys, json, time\n{code}"])


@pytest.fixture
def started():
    made = []

    def start(code):
        made.append(trainee(code))
        return made[-1]

    yield start
    for each in made:
        each.close()
        assert each._process.poll() is not None


GOOD = """
assert input() == "what to train"
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    print(json.dumps({"loss": 1 / int(line)}), flush=True)
"""


def test_it_is_ready_and_takes_its_turns(started):
    good = started(GOOD)
    good.wait()
    good.turn(2, 10)
    good.turn(4, 10)
    assert (good.losses, good.problem) == ([0.5, 0.25], None)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("print(json.dumps({'error': 'NetworkError: too wide\\nfor this'}))", "NetworkError: too wide"),
        ("sys.exit('no module named x')", "no module named x"),
        ("sys.exit(3)", "the process ended with exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL; perhaps the memory was full"),
    ],
)
def test_one_that_fails_says_why_and_has_no_more_turns(started, code, problem):
    bad = started(code)
    bad.wait()
    assert problem in bad.problem
    bad.turn(1, 10)
    assert bad.losses == []


def test_one_that_is_too_slow_is_ended(started):
    slow = started("time.sleep(60)")
    slow.turn(1, 0.05)
    assert "was not through its turn" in slow.problem


def test_one_whose_loss_is_no_number_is_out(started):
    diverging = started("input()\nprint(json.dumps({'loss': float('nan')}))\ntime.sleep(60)")
    diverging.turn(1, 10)
    assert diverging.problem == "the loss is no longer a number"
