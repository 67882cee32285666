"""`trainyard predict`."""

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
