from pathlib import Path

from trainyard.data.summary import LeftOut, Summary
from trainyard.reports.summary import LayerRow, columns_text, end_summary, layer_lines, start_summary
from trainyard.reports.text import WIDTH

CLASSIFICATION = {"loss": "min", "accuracy": "max", "ece": "min"}
REGRESSION = {"loss": "min", "rmse": "min", "mae": "min", "r2": "max"}
FOLDER = Path("/home/ada/trains/runs/salmon/2026-01-02_03-04-05-0a1b2c")
LAYERS = [LayerRow("hidden.0.linear", "Linear", "64", 512), LayerRow("output", "Linear", "2", 130)]


def summary(**changes):
    values = {
        "rows": {"train": 700, "val": 150, "test": 150}, "dropped": 0, "split": "random", "kinds": {"numeric": 3},
        "left_out": (), "numeric": 3, "one_hot": 0, "indicators": 0, "embedded": 0, "task": "regression",
        "task_reason": "price holds numbers with fractions",
    }  # fmt: skip
    return Summary(**{**values, **changes})


def start(**changes):
    values = {
        "name": "houses-mlp-0a1b2c", "dataset": "csv", "origin": "data/houses.csv",
        "digest": "0123456789abcdef0123456789abcdef", "summary": summary(), "targets": ("price",), "classes": None,
        "layers": LAYERS, "parameters": 642, "device": "CPU x86_64, 1 of 2 cores", "precision": "32",
        "training": "batches of 64, 20 steps an epoch", "folder": FOLDER,
    }  # fmt: skip
    return start_summary(**{**values, **changes})


def end(metrics, **changes):
    values = {
        "metrics": metrics, "baseline_name": "majority class", "directions": CLASSIFICATION, "trained": "20 epochs",
        "best_epoch": 14, "reason": "all epochs done", "seconds": 12.34, "folder": FOLDER,
        "mlflow": "run digits-mlp-0a1b2c; see it with: mlflow ui", "next_command": "python train.py -m seed=1,2,3",
        "error": None,
    }  # fmt: skip
    return end_summary(**{**values, **changes})


def test_the_start_says_what_is_trained_on_what():
    told = start(
        summary=summary(
            dropped=4, kinds={"numeric": 3, "category": 2, "boolean": 0}, numeric=9, one_hot=5, indicators=1,
            embedded=1, left_out=(LeftOut("id", "an identifier: a value of its own in every row"),),
            notes=("1 row of test has the features of a row of train.",),
        ),
    )  # fmt: skip
    assert told == """\
houses-mlp-0a1b2c: regressor of price

data       csv: data/houses.csv (digest 0123456789ab)
task       price holds numbers with fractions
rows       700 train, 150 val, 150 test; split random; 4 without a target left out
columns    3 numeric, 2 category; the network sees 9 numbers, 5 of them one-hot, 1 that say where a
           value is missing, 1 embedded
left out   id: an identifier: a value of its own in every row
note       1 row of test has the features of a row of train.

  layer            type    output  parameters
  hidden.0.linear  Linear      64         512
  output           Linear       2         130
  total                                   642

device     CPU x86_64, 1 of 2 cores, 32 bit
training   batches of 64, 20 steps an epoch
folder     /home/ada/trains/runs/salmon/2026-01-02_03-04-05-0a1b2c
"""


def test_data_that_are_not_committed_are_told_with_what_to_do():
    command = "dvc add 'data/my houses.csv' && git add 'data/my houses.csv.dvc' && git commit " + "-" * 50
    told = start(uncommitted=[("data/my houses.csv differs; to keep this one:", command)])
    assert f"\nnote       data/my houses.csv differs; to keep this one:\n           {command}\n" in told


def test_a_classifier_names_its_classes():
    assert "\nclasses    3: 0, 1, 2\n" in start(classes=(0, 1, 2))
    assert "\nclasses    2: False, True\n" in start(classes=(False, True))
    many = start(classes=tuple(f"species {place}" for place in range(100)))
    assert "classes    100: species 0, species 1, " in many
    assert " 11 and 88 more\n" in many
    assert many.startswith("houses-mlp-0a1b2c: classifier of price\n")


def test_long_lists_are_cut_and_no_line_is_too_long():
    columns = tuple(LeftOut(f"column {place}", "free text: " + "many words " * 15) for place in range(33))
    layers = [LayerRow(f"block.{place}." + "deep." * 20 + "linear", "Linear", "64", 10**9) for place in range(60)]
    told = start(
        summary=summary(left_out=columns, notes=("look at this " * 30,)), layers=layers, parameters=60 * 10**9,
        targets=tuple(f"target {place}" for place in range(40)),
    )  # fmt: skip
    assert "target 9 and 30 more\n" in told
    assert "left out   column 9: free text" in told
    assert "column 10" not in told
    assert "\n           and 23 more columns\n" in told
    assert "... 36 more" in told
    assert "60,000,000,000" in told
    assert max(map(len, told.splitlines())) <= WIDTH


def test_a_precision_that_is_no_number_of_bits():
    assert "\ndevice     CPU x86_64, 1 of 2 cores, bf16-mixed\n" in start(precision="bf16-mixed")


def test_columns_of_one_number():
    assert columns_text(summary(kinds={"numeric": 1}, numeric=1)) == "1 numeric; the network sees 1 number"


def test_first_and_last_layers_of_a_deep_network_are_shown():
    lines = layer_lines([LayerRow(f"layer {place}", "Linear", "1", 1) for place in range(30)], 30)
    assert [line.split("  ")[1] for line in lines[1:-1]] == [
        *(f"layer {place}" for place in range(12)), "... 6 more", *(f"layer {place}" for place in range(18, 30)),
    ]  # fmt: skip


def test_inputs_capacity_and_coverage_are_shown_where_there_are_any():
    rows = [LayerRow("conv1", "Conv2d", "8 x 8 x 8", 80, "image", "100 %", "38 %"),
            LayerRow("output", "Linear", "10", 5130, "conv1")]  # fmt: skip
    assert layer_lines(rows, 5210) == [
        "  layer   type    inputs     output  parameters  capacity  coverage",
        "  conv1   Conv2d  image   8 x 8 x 8          80     100 %      38 %",
        "  output  Linear  conv1          10       5,130",
        "  total                                   5,210",
    ]


def test_notes_stand_below_the_layers():
    told = start(layer_notes=("no layer takes town",))
    assert told.index("no layer takes town") > told.index("total")


def test_the_end_sets_the_test_beside_the_baseline():
    told = end({
        "test/loss": 0.1221, "test/accuracy": 0.963, "test/ece": 0.0012345, "baseline/loss": 2.3026,
        "baseline/accuracy": 0.1, "best/epoch": 14.0, "best/val/loss": 0.12,
    })  # fmt: skip
    assert told == """\
  metric       test  majority class  better
  loss       0.1221          2.3026  lower
  accuracy   0.9630          0.1000  higher
  ece       0.00123               -  lower

training   20 epochs in 12 s, best epoch 14; all epochs done
folder     /home/ada/trains/runs/salmon/2026-01-02_03-04-05-0a1b2c
mlflow     run digits-mlp-0a1b2c; see it with: mlflow ui
next       python train.py -m seed=1,2,3"""


def test_several_targets_have_a_table_of_their_own():
    metrics = {"test/loss": 0.5, "test/rmse": 2.0, "test/r2": 0.8, "baseline/rmse": 9.0}
    for target, value in (("length / mm", 1.0), ("weight", 3.0)):
        metrics |= {f"test/rmse/{target}": value, f"test/r2/{target}": 0.8, f"baseline/rmse/{target}": 9.0}
    told = end(metrics, baseline_name="mean", directions=REGRESSION)
    assert told.startswith("""\
  metric    test    mean  better
  loss    0.5000       -  lower
  rmse    2.0000  9.0000  lower
  r2      0.8000       -  higher

  target         rmse  rmse of mean      r2
  length / mm  1.0000        9.0000  0.8000
  weight       3.0000        9.0000  0.8000

training """)


def test_of_many_targets_the_first_are_shown():
    metrics = {"test/rmse": 1.0, **{f"test/rmse/{'wide ' * 30}{place}": 1.0 for place in range(12)}}
    told = end(metrics, baseline_name="mean", directions=REGRESSION)
    assert told.count("wide …") + told.count("wide…") == 10
    assert "\n  and 2 more targets\n" in told
    assert max(map(len, told.splitlines())) <= WIDTH


def test_a_model_that_is_no_better_than_the_baseline_is_told_so():
    note = "note       accuracy on the test part is no better than that of the baseline (majority class)\n"
    assert note in end({"test/accuracy": 0.5, "baseline/accuracy": 0.5})
    assert "no better" not in end({"test/accuracy": 0.51, "baseline/accuracy": 0.5})
    worse = end({"test/rmse": 2.0, "baseline/rmse": 1.0}, directions=REGRESSION, baseline_name="mean")
    assert "rmse on the test part is no better than that of the baseline (mean)" in worse


def test_a_remark_stands_below_the_device():
    lines = start(remarks=("1,000 threads share 2 cores",)).splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("device"))
    assert lines[place + 1] == "note       1,000 threads share 2 cores"


def test_a_run_that_was_stopped_before_its_test_says_why():
    why = "The loss was no longer a number."
    told = end({}, error=why, trained="1 epoch", best_epoch=0, reason="the loss diverged")
    assert told.startswith(
        "stopped    The loss was no longer a number.\n\n"
        "training   1 epoch in 12 s, none of them validated; the loss diverged\n"
    )


def test_the_end_names_the_report_of_a_run_that_has_one(tmp_path):
    assert "\nreport " not in end({}, folder=tmp_path)
    (tmp_path / "report.html").touch()
    assert f"\nreport     {tmp_path / 'report.html'}\n" in end({}, folder=tmp_path)
