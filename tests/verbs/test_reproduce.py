"""`trainyard reproduce`: what it asks for, says and returns; tests/commands/test_reproduce.py runs it whole."""

from pathlib import Path

import pytest

from trainyard.reproduction.comparison import Comparison, Difference
from trainyard.verbs.cli import run_command
from trainyard.verbs.reproduce import tell

Capture = pytest.CaptureFixture[str]
FAR = Difference("test/rmse", 1.0, 2.0, within=False)
NEAR = Difference("test/rmse", 1.0, 1.001, within=True)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["tolerance=much"], "tolerance=much: must be a number from 0 up to 1"),
        (["strict=perhaps"], "strict=perhaps: must be true or false"),
        (["run=nothere", "tracking=off"], "run=nothere: no such run"),
        (["rum=latest"], "rum=latest: no such key; did you mean run?"),
        (["tracking=offf"], "tracking=offf: no such tracking"),
    ],
)
def test_what_cannot_be_is_told(project: Path, argv: list[str], words: str, capsys: Capture) -> None:
    assert run_command(["reproduce", *argv]) == 2
    assert words in capsys.readouterr().err


def test_help_names_its_keys(capsys: Capture) -> None:
    assert run_command(["reproduce", "--help"]) == 0
    assert "run=latest --strict" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("comparison", "tolerance", "verdict", "words"),
    [
        (Comparison((), 9, True), None, "bit-identical", "bit-identical: 9 final metrics and all weights"),
        (Comparison((), 9, None), 0.1, "bit-identical", "no weights, as those of the original are gone"),
        (Comparison((NEAR,), 9, False), 0.1, "within tolerance", "reproduced within 0.1"),
        (Comparison((FAR,), 9, False), 0.1, "differs", "beyond tolerance"),
        (Comparison((NEAR,), 9, True), None, "differs", "not reproduced"),
        (Comparison((), 9, False), None, "differs", "The weights differ."),
    ],
)
def test_what_came_out_is_told(
    comparison: Comparison, tolerance: float | None, verdict: str, words: str, capsys: Capture
) -> None:
    assert tell(comparison, tolerance) == verdict
    shown = capsys.readouterr()
    assert words in shown.out + shown.err
