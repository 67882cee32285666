from pathlib import Path

from trainyard.config.metric_names import METRICS
from trainyard.data.summary import LeftOut, Summary
from trainyard.reports.summary import end_summary, start_summary, sweep_summary
from trainyard.reports.text import WIDTH

SUMMARY = Summary(
    rows={"train": 1000, "val": 200, "test": 200}, dropped=0, split="random", kinds={"numeric": 3, "category": 1},
    left_out=tuple(LeftOut(f"column {n}", "one value") for n in range(8)), numeric=7, one_hot=4, indicators=1,
    embedded=1, task="classification", task_reason="label holds two values", notes=("Look at this. " * 20,),
)  # fmt: skip


def start(**changes):
    values = {
        "name": "made-mlp-1", "dataset": "made", "origin": "made.csv", "digest": "d" * 32, "summary": SUMMARY,
        "targets": ["label"], "classes": ["no", "yes"], "layers": [("output", "Linear", "2", 16)], "parameters": 16,
        "device": "CPU", "precision": "32", "training": "batches of 64", "folder": Path("runs/made/1"),
    }  # fmt: skip
    return start_summary(**{**values, **changes})


def test_the_start_says_what_is_trained_on_what():
    text = start()
    for expected in (
        "made-mlp-1: classifier of label", "made.csv (digest dddddddddddd)", "2: no, yes",
        "1,000 train, 200 val, 200 test; split random", "3 numeric, 1 category", "4 of them one-hot",
        "1 that say where a value is missing", "1 embedded", "column 0: one value", "and 2 more columns",
        "output Linear", "CPU, 32 bit", "runs/made/1",
    ):  # fmt: skip
        assert expected in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= WIDTH


def test_a_deep_network_shows_its_first_and_last_layers():
    layers = [(f"hidden.{n}", "Linear", "8", 72) for n in range(100)]
    text = start(layers=layers, classes=None, precision="bf16-mixed")
    assert "... 76 more" in text
    assert "hidden.99" in text
    assert "regressor of label" in text
    assert "CPU, bf16-mixed" in text


def end(metrics, **changes):
    values = {
        "metrics": metrics, "baseline_name": "mean", "directions": METRICS["regression"], "epochs": 5, "best_epoch": 4,
        "reason": "all epochs done", "seconds": 3.0, "folder": Path("runs/made/1"), "mlflow": "mlflow ui",
        "next_command": "python train.py", "error": None,
    }  # fmt: skip
    return end_summary(**{**values, **changes})


def test_the_end_shows_test_metrics_beside_the_baseline():
    text = end({"test/rmse": 2.0, "baseline/rmse": 4.0, "test/rmse/length": 1.0, "best/epoch": 4.0})
    lines = [line.split() for line in text.splitlines()]
    assert ["metric", "test", "mean", "better"] in lines
    assert ["rmse", "2.0000", "4.0000", "lower"] in lines
    assert ["rmse/length", "1.0000", "-", "lower"] in lines
    assert "5 epochs in 3.0 s, best epoch 4; all epochs done" in text


def test_a_run_without_a_test_says_why_it_stopped():
    text = end({}, error="stopped by SIGTERM", epochs=1)
    assert text.startswith("stopped    stopped by SIGTERM")
    assert "metric" not in text
    assert "1 epoch in" in text


def test_a_sweep_lists_its_members_the_best_first():
    text = sweep_summary(
        members=[("seed=1", "FINISHED", 0.5, {"test/accuracy": 0.8}), ("seed=2", "FINISHED", 0.2, {}),
                 ("seed=3", "FAILED", None, {})],
        monitor="val/loss", direction="min", test_metric="test/accuracy",
        spread={"mean/test/accuracy": 0.8, "std/test/accuracy": 0.01, "members/seeds": 2}, folder=Path("runs/made/s"),
        mlflow="mlflow ui",
    )  # fmt: skip
    rows = [line.split() for line in text.splitlines() if "seed=" in line]
    assert rows == [
        ["best", "seed=2", "0.2000", "-"], ["seed=1", "0.5000", "0.8000"], ["seed=3", "-", "-", "failed"],
    ]  # fmt: skip
    assert "test/accuracy 0.8000 ± 0.0100 over 2 seeds" in text
    assert "2 finished, 1 not" in text
