"""`trainyard explain`; what it finds is in tests/explain, and a whole command in tests/commands."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.trained import root_of, trained
from trainyard.explain.importance import Importance
from trainyard.verbs.arguments import ArgumentsError
from trainyard.verbs.cli import run_command
from trainyard.verbs.explain import check_kind, check_numbers, importance_text


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
        "rmse is 2.5000, and gets worse where the values of a column are dealt out anew:", "",
        "  weight      4.0000 ± 1.0000", "  age         1.0000 ± 0.0000", "  and 1 more in importance.csv",
    ]  # fmt: skip


def test_another_metric_other_rows_and_other_numbers_have_folders_of_their_own(project: Path) -> None:
    shutil.copytree(root_of(trained("salmon")) / ".trainyard", project / ".trainyard")
    folder = Path(shutil.copytree(trained("salmon"), project / "runs" / "made" / "salmon"))
    (project / "new.csv").write_text("age_years,weight_g,length_mm\n1,1,500\n2,3,700\n5,9,900\n")
    for more in (["repeats=2"], ["repeats=2", "metric=r2"], ["repeats=2", f"input={project / 'new.csv'}"],
                 ["repeats=3"], ["repeats=2"]):  # fmt: skip
        assert run_command(["explain", f"run={folder}", *more]) == 0
    made = {path.parent.name for path in (folder / "plots").glob("*/importance.csv")}
    assert made == {"explain", "explain-r2", "explain-new", "explain-2"}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (True, ["images=2: is for models of images, but this one takes a table; leave images out"]),
        (False, ["metric=r2: is for models of a table, but this one takes images; leave metric out",
                 "repeats=3: is for models of a table, but this one takes images; leave repeats out"]),
    ],
)  # fmt: skip
def test_what_is_of_another_kind_of_data_is_a_mistake(table: bool, told: list[str]) -> None:
    with pytest.raises(ArgumentsError) as caught:
        check_kind({"run": "latest", "metric": "r2", "repeats": "3", "images": "2"}, table=table)
    assert list(caught.value.faults) == told


def test_one_repeat_has_no_spread() -> None:
    assert importance_text(Importance("rmse", 2.5, ("weight",), np.array([[3.0]]))).splitlines()[2] == (
        "  weight      3.0000")  # fmt: skip


def test_numbers_are_printed_as_other_verbs_print_them() -> None:
    found = Importance("rmse", 35489.4, ("area",), np.array([[13190.0, 19590.0]]))
    lines = importance_text(found).splitlines()
    assert lines[0].startswith("rmse is 35,489.4, and")
    assert lines[2] == "  area    16,390.0 ± 3,200.0"
