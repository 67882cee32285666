"""`trainyard explain`; what it finds is in tests/explain, and a whole command in tests/commands."""

from pathlib import Path

import numpy as np
import pytest

from trainyard.explain.importance import Importance
from trainyard.verbs.arguments import ArgumentsError
from trainyard.verbs.cli import run_command
from trainyard.verbs.explain import check_numbers, importance_text


def test_numbers_are_whole_and_in_range() -> None:
    assert check_numbers({"run": "latest", "repeats": "7", "square": "3"}) == {"repeats": 7, "square": 3}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("repeats", "0", "repeats=0: must be a whole number from 1 to 1000"),
        ("images", "many", "images=many: must be a whole number from 1 to 32"),
        ("square", "4", "square=4: must be a whole odd number from 1 to 999"),
    ],
)
def test_others_are_mistakes(name: str, text: str, told: str) -> None:
    with pytest.raises(ArgumentsError) as caught:
        check_numbers({name: text})
    assert told in caught.value.faults


def test_a_run_that_is_not_there_is_a_mistake(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["explain", "run=aaaaaa"]) == 2
    assert "no such run" in capsys.readouterr().err


def test_the_most_important_columns_are_listed() -> None:
    worse = np.array([[3.0, 5.0], [1.0, 1.0], [0.0, 0.0]])
    text = importance_text(Importance("rmse", 2.5, ("weight", "age", "sex"), worse), most=2)
    assert text.splitlines() == [
        "rmse is 2.5, and gets worse where the values of a column are dealt out anew:", "",
        "  weight           4 ± 1", "  age              1 ± 0", "  and 1 more in importance.csv",
    ]  # fmt: skip
