"""`trainyard predict`."""

import subprocess
import sys

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from tests.inference.packages import make_package
from trainyard.inference import load
from trainyard.verbs import predict
from trainyard.verbs.cli import run_command


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder with a packaged model, its rows, and rows of which one cannot be read."""
    folder = tmp_path_factory.mktemp("predict")
    _, table = make_package(folder / "model")
    pacsv.write_csv(table, folder / "rows.csv")
    lines = (folder / "rows.csv").read_text().splitlines()
    lines[2] = "abc" + lines[2][lines[2].index(",") :]
    (folder / "bad.csv").write_text("\n".join(lines))
    return folder


def run(folder, *words):
    return run_command(["predict", f"run={folder / 'model'}", *words])


def test_it_writes_what_the_model_predicts_beside_the_columns_that_are_kept(folder, tmp_path, capsys):
    output = tmp_path / "out.parquet"
    assert run(folder, f"input={folder / 'rows.csv'}", f"output={output}", "id=town", "columns=[color,town]") == 0
    assert capsys.readouterr().out == f"rows       120\noutput     {output}\n"
    table = pq.read_table(output)
    assert table.column_names == ["town", "color", "prediction", "probability_big", "probability_small"]
    expected = load(folder / "model").predict(pacsv.read_csv(folder / "rows.csv"))
    assert table["prediction"].to_pylist() == list(expected)


def test_a_row_that_cannot_be_read_fails_and_leaves_no_file(folder, tmp_path, capsys):
    output = tmp_path / "out.csv"
    assert run(folder, f"input={folder / 'bad.csv'}", f"output={output}") == 2
    assert "The row in line 3 cannot be read: Column size holds 'abc'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_rows_left_out_are_told_apart_from_what_goes_to_standard_output(folder, capfd):
    assert run(folder, f"input={folder / 'bad.csv'}", "output=-", "bad_rows=skip") == 0
    out, err = capfd.readouterr()
    assert len(out.splitlines()) == 120
    assert err.splitlines() == [
        "note       1 row that cannot be read, left out",
        "  line 3: Column size holds 'abc', which is not a number.",
        "rows       120",
    ]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["output=a.csv"], "input: is needed"),
        (["input=a.csv", "output=a.xlsx"], "output=a.xlsx: must end in .csv, .parquet"),
        (["input=a.csv", "output=-", "bad_rows=drop"], "bad_rows=drop: must be error, skip or empty"),
        (["input=nowhere.csv", "output=-"], "There is no file nowhere.csv"),
    ],
)
def test_what_cannot_be_is_told(folder, words, fault, capsys):
    assert run(folder, *words) == 2
    assert fault in capsys.readouterr().err


def test_help_names_every_key(capsys):
    assert run_command(["predict", "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {key} " in shown for key in predict.VERB.keys)


@pytest.mark.parametrize("link", [None, "symlink_to", "hardlink_to"])
def test_the_input_is_not_written_over(folder, tmp_path, link, capsys):
    rows = tmp_path / "rows.csv"
    rows.write_bytes((folder / "rows.csv").read_bytes())
    output = tmp_path / "out.csv" if link else tmp_path / "." / "rows.csv"
    if link:
        getattr(output, link)(rows)
    assert run(folder, f"input={rows}", f"output={output}") == 2
    assert "is the input, whose place the predictions would take" in capsys.readouterr().err
    assert rows.read_bytes() == (folder / "rows.csv").read_bytes()


def test_a_link_is_followed(folder, tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "there.csv")
    assert run(folder, f"input={folder / 'rows.csv'}", f"output={tmp_path / 'link.csv'}") == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert len((tmp_path / "there.csv").read_text().splitlines()) == 121


def test_a_table_that_is_written_otherwise_is_told_without_keys_of_a_training(folder, tmp_path, capsys):
    text = (folder / "rows.csv").read_text()
    (tmp_path / "semicolons.csv").write_text(text.replace(",", ";"))
    assert run(folder, f"input={tmp_path / 'semicolons.csv'}", "output=-") == 2
    told = capsys.readouterr().err
    assert "its header holds a semicolon. Write it as the tables that the model was trained on." in told
    assert "dataset." not in told


@pytest.mark.parametrize(("to", "code", "told"), [
    ("| head -n 1", 0, ""), ("> /dev/full", 1, "trainyard: output=-: cannot be written (No space left on device).\n"),
])  # fmt: skip
def test_output_that_nobody_takes(folder, to, code, told):
    words = f"{sys.executable} -m trainyard predict run={folder / 'model'} input={folder / 'many.csv'} output=-"
    text = (folder / "rows.csv").read_text()
    (folder / "many.csv").write_text(text + 300 * text.partition("\n")[2])
    command = ["bash", "-o", "pipefail", "-c", f"{words} {to}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, told)
