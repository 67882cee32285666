import json

from tests.reports.runs import begin, traced_run
from trainyard.reports.run_page import write_run_page

EVIL = "<script>alert('x')</script>"


def text_of(folder):
    (path,) = write_run_page(folder, [])
    return path.read_text(encoding="utf-8")


def test_a_report_tells_what_was_trained_how_it_went_and_how_to_go_on(tmp_path):
    folder = traced_run(
        tmp_path / "2026-01-01_10-00-00-aaaaaa",
        metrics={"baseline/accuracy": 0.5, "best/epoch": 2, "trained/epochs": 3, "trained/steps": 60},
        config={"optimizer": {"name": "adamw", "lr": 0.5}},
    )  # fmt: skip
    (folder / "model" / "card.json").write_text(json.dumps({"task": "classification", "targets": ["kind"]}))
    text = text_of(folder)
    for told in ("fish: /data/fish.csv", "0.7500", "test accuracy (baseline 0.5000)",
                 "best epoch of 3", "optimizer.lr", "python train.py dataset=csv",
                 "trainyard reproduce run=aaaaaa", "numpy==2.0.1", "trainyard report run=aaaaaa"):  # fmt: skip
        assert told in text
    assert '<span class="good">better</span>' in text


def test_whatever_comes_from_data_and_names_is_text(tmp_path):
    folder = traced_run(tmp_path / "run", lineage={"command": EVIL}, config={"note": EVIL}, name=EVIL)
    (folder / "per_class.json").write_text(json.dumps(
        [{"label": EVIL, "precision": 1, "recall": 1, "f1": 1, "support": 2}] * 21
    ))  # fmt: skip
    (folder / "worst_examples.csv").write_text(f"row,{EVIL}\n1,{EVIL}\n")
    text = text_of(folder)
    assert EVIL not in text
    assert text.count("<script>") == 1
    assert "all 21 classes" in text


def test_worst_rows_align_their_numbers_and_name_the_columns_left_out(tmp_path):
    folder = traced_run(tmp_path / "run")
    names = [f"c{number}" for number in range(20)]
    (folder / "worst_examples.csv").write_text(",".join(names) + "\n" + ",".join(["word", *map(str, range(19))]) + "\n")
    text = text_of(folder)
    assert '<td>word</td><td class="num">0</td>' in text
    assert "6 more columns in worst_examples.csv" in text


def test_a_run_without_lineage_has_no_report(tmp_path):
    assert write_run_page(begin(tmp_path / "run"), []) == []
