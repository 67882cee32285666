import math
from pathlib import Path

from trainyard.training.outcome import Outcome, killed
from trainyard.training.result import RunResult


def test_an_outcome_survives_its_line():
    result = RunResult(Path("/runs/a b"), "FAILED", 1, {"test/loss": math.inf, "best/epoch": 3.0}, None, "it broke")
    outcome = Outcome(3, result, "said\nmore", "ümläut")
    line = outcome.to_json()
    assert "\n" not in line
    assert Outcome.from_json(line) == outcome


def test_a_member_whose_process_is_gone_was_killed():
    outcome = killed(2, Path("/runs/2"), "was ended by SIGKILL")
    assert (outcome.result.status, outcome.result.exit_code, outcome.result.metrics) == ("KILLED", 1, {})
    assert outcome.result.error == "the process of this member was ended by SIGKILL"
    assert outcome.said == "  killed: the process of this member was ended by SIGKILL\n"
