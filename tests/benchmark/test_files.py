"""The files of a benchmark: a line a row in CSV, every repeat and the machine in JSON."""

import csv
import json

import pytest

from trainyard.benchmark.files import check_output, machine, opened_output, processor, records, write_files
from trainyard.errors import ConfigError


def test_both_files_hold_every_row(row, tmp_path):
    rows = [row("numpy", 1000, memory=7, losses=(2.3, 2.0), deviation=0.0), row("torch", 2000),
            row("captured", device="cuda", note="not enough memory")]  # fmt: skip
    about = machine([{"versions": {"torch": "2.13"}, "gpu": "H100"}, {"versions": {"numpy": "2.4"}}], 4)
    first, second = write_files(tmp_path / "new", rows, about, "In plain words.")
    lines = list(csv.DictReader(first.read_text().splitlines()))
    assert [(line["engine"], line["ratio"], line["note"]) for line in lines] == [
        ("NumPy, 1 thread", "1.0", ""), ("torch, 1 thread", "2.0", ""),
        ("torch captured, GPU", "", "not enough memory"),
    ]  # fmt: skip
    whole = json.loads(second.read_text())
    assert whole["words"] == "In plain words."
    assert whole["machine"]["gpu"] == "H100"
    assert whole["machine"]["versions"] == {"torch": "2.13", "numpy": "2.4"}
    assert whole["rows"][0]["seconds"] == [1.0, 1.1, 0.9]
    assert (whole["rows"][0]["losses"], whole["rows"][0]["memory_bytes"]) == ([2.3, 2.0], 7)


def test_what_is_wrong_has_a_speed_but_no_ratio(row):
    first, second = records([row("numpy", 1000), row("torch", 2000, wrong=True)])
    assert (first["ratio"], second["ratio"]) == (1.0, None)
    assert (second["rows_per_second"], second["ranked"]) == (2000, False)


def test_a_processor_has_a_name():
    assert processor()


def test_only_an_earlier_benchmark_is_replaced_and_no_run_of_mlflow(tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    with pytest.raises(ConfigError, match="holds something else than an earlier benchmark; name a new folder"):
        check_output(tmp_path)
    letter.rename(tmp_path / "benchmark.json")
    check_output(tmp_path)
    (tmp_path / "journal.jsonl").touch()
    with pytest.raises(ConfigError, match="holds an earlier benchmark that is a run of MLflow; name a new folder"):
        check_output(tmp_path)


@pytest.mark.parametrize(
    ("place", "told"),
    [("table.csv", "is a file; name a folder"), ("table.csv/below", r"cannot be written \(Not a directory\)")],
)
def test_a_place_that_cannot_be_written_is_told_and_left_as_it_was(tmp_path, place, told):
    (tmp_path / "table.csv").write_text("1,2")
    with pytest.raises(ConfigError, match=told), opened_output(tmp_path / place):
        pytest.fail("it was opened")
    assert (tmp_path / "table.csv").read_text() == "1,2"


def test_a_folder_in_which_nothing_was_written_is_gone(tmp_path):
    with opened_output(tmp_path / "new" / "below"):
        assert (tmp_path / "new" / "below").is_dir()
    assert not list(tmp_path.iterdir())
    with opened_output(tmp_path / "new" / "below"):
        (tmp_path / "new" / "below" / "table.csv").write_text("1,2")
    assert (tmp_path / "new" / "below" / "table.csv").exists()
