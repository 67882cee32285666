"""`trainyard evaluate`: what it asks for, says, writes and keeps."""

import json
import shutil
from pathlib import Path

import pytest

from tests.evaluation.trained import root_of, trained
from trainyard.inference.card import card_digest
from trainyard.tracking.journal import read_journal
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]
FILE = "age_years,weight_g,length_mm\n1,1,500\n2,3,700\n5,9,900\n"


@pytest.fixture
def folder(project: Path) -> Path:
    """A run in a project of its own, copied from one that was trained once."""
    shutil.copytree(root_of(trained("salmon")) / ".trainyard", project / ".trainyard")
    return Path(shutil.copytree(trained("salmon"), project / "runs" / "made" / "salmon"))


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["run=a", "model=b"], "run and model: one of them at a time"),
        (["run=a", "config=b.yaml"], "config: says which data a model=... is measured on"),
        (["part=tset"], "part=tset: must be test, val, train or all"),
        (["input=a.csv", "dataset=csv"], "input and dataset: one of them at a time"),
        (["input=a.csv", "part=val"], "part=val: a file is evaluated as a whole"),
        (["inputt=a.csv"], "inputt=a.csv: no such key; did you mean input?"),
        (["run=nothere", "tracking=off"], "run=nothere: no such run"),
    ],
)
def test_arguments_that_cannot_be_are_told(project: Path, argv: list[str], words: str, capsys: Capture) -> None:
    assert run_command(["evaluate", *argv]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


def test_help_names_its_keys(capsys: Capture) -> None:
    assert run_command(["evaluate", "--help"]) == 0
    assert "run=3f15b1 input=houses-2026.csv by=town" in capsys.readouterr().out


def test_a_runs_own_test_rows_give_the_metrics_of_its_training(folder: Path, capsys: Capture) -> None:
    assert run_command(["evaluate", f"run={folder}"]) == 0
    assert "equal to those of the training, bit for bit: 6 metrics" in capsys.readouterr().out
    metrics = json.loads((folder / "evaluations" / "test" / "metrics.json").read_text())
    appended = [record for record in read_journal(folder) if record["type"] == "metrics"][-1]
    assert appended["values"] == {f"evaluation/test/{name}": value for name, value in metrics.items()}
    assert appended["step"] == 2
    paths = {record["path"] for record in read_journal(folder) if record["type"] == "artifact"}
    assert {"evaluations/test/metrics.json", "evaluations/test/predictions.csv"} <= paths


def test_another_part_is_an_evaluation_of_its_own(folder: Path, capsys: Capture) -> None:
    assert run_command(["evaluate", f"run={folder}", "part=val", "by=age_years", "name=../mine"]) == 0
    shown = capsys.readouterr().out
    assert "in training" not in shown
    assert "90 rows" in shown
    assert (folder / "evaluations" / ".._mine" / "by_age_years.csv").is_file()


def test_a_name_of_dots_leaves_the_files_of_the_run_alone(folder: Path) -> None:
    before = (folder / "metrics.json").read_bytes()
    assert run_command(["evaluate", f"run={folder}", "part=val", "name=.."]) == 0
    assert (folder / "metrics.json").read_bytes() == before


def test_a_file_is_measured_and_kept_under_its_name(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "new.csv").write_text(FILE)
    assert run_command(["evaluate", f"run={folder}", f"input={tmp_path / 'new.csv'}"]) == 0
    assert "3 rows" in capsys.readouterr().out
    lines = (folder / "evaluations" / "new" / "predictions.csv").read_text().splitlines()
    told = [[float(number) for number in line.split(",")[:2]] for line in lines[1:]]
    assert told == [pytest.approx(row) for row in ([0, 500], [1, 700], [2, 900])]


def test_one_row_is_told_as_one(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "one.csv").write_text("age_years,weight_g,length_mm\n1,1,500\n2,3,\n")
    assert run_command(["evaluate", f"run={folder}", f"input={tmp_path / 'one.csv'}"]) == 0
    shown = capsys.readouterr().out
    assert "1 row without a target left out" in shown
    assert "one.csv: 1 row\n" in shown


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "(input="), (FILE + "3,4,long\n", "line 5"), ("age_years,weight_g\n1,2\n", "no column length_mm")],
)
def test_what_is_wrong_with_a_file_is_told(
    text: str | None, words: str, folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    if text is not None:
        (tmp_path / "new.csv").write_text(text)
    assert run_command(["evaluate", f"run={folder}", f"input={tmp_path / 'new.csv'}"]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "dataset.input" not in told
    assert "Traceback" not in told
    assert not (folder / "evaluations").exists()


def test_a_bare_model_writes_the_same_bytes_twice_and_leaves_its_folder_alone(folder: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    argv = ["evaluate", f"model={folder / 'model'}", f"config={folder / 'config.yaml'}"]
    for name in ("a", "b"):
        assert run_command([*argv, f"output={tmp_path / name}"]) == 0
    for file in ("metrics.json", "predictions.csv", "plots/residuals.png"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    trained_to = json.loads((folder / "metrics.json").read_text())
    found = json.loads((tmp_path / "a" / "metrics.json").read_text())
    assert found == {name: trained_to[f"test/{name}"] for name in found}
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_other_data_are_measured_as_a_whole(folder: Path, capsys: Capture) -> None:
    assert run_command(["evaluate", f"run={folder}", "dataset.simulation_seed=1", "dataset.rows=200"]) == 0
    assert "200 rows" in capsys.readouterr().out
    assert (folder / "evaluations" / "salmon" / "metrics.json").is_file()


def test_other_rows_of_the_same_name_are_an_evaluation_beside_it(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "salmon.csv").write_text(FILE)
    argv = ["evaluate", f"run={folder}"]
    for more in ([f"input={tmp_path / 'salmon.csv'}"], ["dataset.simulation_seed=1", "dataset.rows=200"]):
        assert run_command([*argv, *more]) == 0
    assert "salmon has other results already, so that these are called salmon-2" in capsys.readouterr().out
    assert run_command([*argv, f"input={tmp_path / 'salmon.csv'}", "by=age_years"]) == 0
    rows = {each: len((folder / "evaluations" / each / "predictions.csv").read_text().splitlines()) - 1
            for each in ("salmon", "salmon-2")}  # fmt: skip
    assert rows == {"salmon": 3, "salmon-2": 200}
    assert (folder / "evaluations" / "salmon" / "by_age_years.csv").is_file()
    names = [name for record in read_journal(folder) if record["type"] == "metrics" for name in record["values"]]
    assert {"evaluation/salmon/mae", "evaluation/salmon-2/mae"} <= {*names}


def test_an_output_that_holds_something_else_is_refused_before_anything_is_computed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("trainyard.evaluation.evaluate.evaluate", lambda *given: pytest.fail("computed"))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for output, words in ((folder, "holds something else than an earlier evaluation; name a new folder"),
                          (folder / "config.yaml", "is a file; name a folder")):  # fmt: skip
        assert run_command(["evaluate", f"run={folder}", f"output={output}"]) == 2
        told = capsys.readouterr()
        assert f"output={output}: {words}" in told.err
        assert told.out == ""
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_loss_of_ones_own_is_refused_unless_trusted(folder: Path, capsys: Capture) -> None:
    card = json.loads((folder / "model" / "card.json").read_text())
    card["model"] |= {"loss": "custom", "loss_target": "mine.losses.loss"}
    card["digest"] = card_digest(card)
    (folder / "model" / "card.json").write_text(json.dumps(card))
    assert run_command(["evaluate", f"run={folder}"]) != 0
    assert "mine.losses.loss, code of one's own. To import and run it, trust its package" in capsys.readouterr().err


def test_another_target_than_the_models_is_refused(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "new.csv").write_text(FILE)
    data = ["dataset=csv", f"dataset.path={tmp_path / 'new.csv'}"]
    assert run_command(["evaluate", f"run={folder}", *data, "dataset.target=weight_g"]) == 2
    told = capsys.readouterr()
    assert "dataset.target=weight_g: the model predicts length_mm; leave dataset.target out" in told.err
    assert told.out == ""
    assert run_command(["evaluate", f"run={folder}", *data, "dataset.target=length_mm"]) == 0
