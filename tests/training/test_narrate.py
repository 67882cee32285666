from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.model import Regressor
from trainyard.training.fit import fit
from trainyard.training.member import Member
from trainyard.training.narrate import (
    by_heart_lines,
    end_text,
    next_command,
    start_text,
    thread_remarks,
    trained_text,
    training_line,
)
from trainyard.training.passes import Passes
from trainyard.training.plan import plan_run
from trainyard.training.result import RunResult


def result(status="FINISHED"):
    return RunResult(Path("runs/made/2026-11-23_10-00-00-4f2a"), status, 0, {}, None)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "batches of 16, 13 steps an epoch, at most 3 epochs; adamw with lr 0.01, constant schedule"),
        ({"max_steps": 50, "max_time": "2m"}, "at most 3 epochs or 50 steps or 2m"),
        ({"max_steps": 1, "max_epochs": 1, "batch_size": 999}, "1 step an epoch, at most 1 epoch or 1 step;"),
    ],
)
def test_the_training_in_a_line(settings, text):
    assert text in training_line(plan_run(make_config(**settings), make_prepared(), torch.device("cpu")))


@pytest.mark.parametrize(
    ("steps", "told"),
    [(0, "0 epochs"), (5, "5 of 13 steps of the first epoch"), (13, "1 epoch"), (18, "1 epoch and 5 of 13 steps"),
     (39, "3 epochs")],
)  # fmt: skip
def test_how_much_was_trained(steps, told):
    plan = plan_run(make_config(), make_prepared(), torch.device("cpu"))
    assert trained_text(plan, Member(plan.config, step=steps)) == told


def test_more_threads_than_cores_are_remarked(monkeypatch):
    monkeypatch.setattr("trainyard.training.narrate.cores", lambda: 2)
    plan = plan_run(make_config(), make_prepared(), torch.device("cpu"))
    assert thread_remarks(plan) == []
    crowded = replace(plan, device=replace(plan.device, threads=1000))
    remark = "1,000 threads share 2 cores, which is slow; accelerator.threads=auto takes as many as help"
    assert thread_remarks(crowded) == [remark]


def test_products_in_bf16_are_told_beside_the_device(tmp_path):
    plan = plan_run(make_config(), make_prepared(), torch.device("cpu"))
    assert "multiplies" not in start_text(plan, "made", tmp_path)
    faster = replace(plan, device=replace(plan.device, passes=Passes(bf16=True)))
    assert "note       accelerator.precision=auto: training multiplies in bf16" in start_text(faster, "made", tmp_path)


def test_after_a_finished_run_its_spread_over_seeds_is_next():
    assert next_command("python train.py dataset=salmon seed=3", result()) == (
        "python train.py dataset=salmon -m seed=1,2,3"
    )


def test_words_that_need_quotes_keep_them():
    told = next_command("python train.py 'note=two words' config=a.yaml", result())
    assert told == "python train.py 'note=two words' config=a.yaml -m seed=1,2,3"
    assert next_command("python train.py 'note=two words'", result("KILLED")) == "python train.py resume=4f2a"


def test_what_was_handed_on_is_not_handed_on_by_every_seed(monkeypatch):
    command = "python train.py config=pipeline/digits/config.yaml output=pipeline/digits"
    without = "python train.py config=pipeline/digits/config.yaml -m seed=1,2,3"
    assert next_command(command, result()) == without
    assert next_command(command, result("KILLED")) == "python train.py resume=4f2a output=pipeline/digits"
    monkeypatch.setenv("DVC_STAGE", "train@digits")
    assert next_command(command, result()) == "dvc metrics diff"
    assert next_command(command, result("KILLED")) == "dvc repro train@digits"
    assert next_command(command, result("FAILED")) == "trainyard report run=4f2a"


def test_after_a_repetition_what_sets_the_two_apart_is_next():
    command = "trainyard train config=/tmp/config.yaml"
    assert next_command(command, result(), "0123456789abcdef") == "trainyard diff 0123456789ab latest"
    assert next_command(command, result("KILLED"), "0123456789abcdef") == "trainyard train resume=4f2a"


def test_after_another_end_going_on_or_its_pictures_are():
    assert next_command("python train.py dataset=iris", result("KILLED")) == "python train.py resume=4f2a"
    assert next_command("python train.py dataset=iris", result("FAILED")) == "trainyard report run=4f2a"


def test_after_a_run_that_went_on_its_own_config_is_trained_again():
    assert next_command("python train.py resume=latest training.max_epochs=9", result()) == (
        "python train.py config=runs/made/2026-11-23_10-00-00-4f2a/config.yaml -m seed=1,2,3"
    )


def test_the_end_tells_of_intervals(tmp_path):
    plan = plan_run(make_config(model=Regressor(loss="quantile"), max_epochs=1), make_prepared("regression"),
                    torch.device("cpu"))  # fmt: skip
    metrics = {"test/coverage": 0.88, "test/interval_width": 3.0, "test/rmse": 1.0}
    text = end_text(plan, fit(plan), RunResult(tmp_path, "FINISHED", 0, metrics, None), command="c", mlflow="m")
    told = " ".join(text.split())
    assert "88.0% of the test rows lie between the quantiles 0.05 and 0.95, where 90.0% should" in told


def test_the_end_tells_of_each_class(tmp_path):
    (tmp_path / "per_class.json").write_text(
        '[{"label": "cat", "precision": 0.5, "recall": 1.0, "f1": 0.66, "support": 4}]'
    )
    plan = plan_run(make_config(max_epochs=1), make_prepared(), torch.device("cpu"))
    text = end_text(plan, fit(plan), RunResult(tmp_path, "FINISHED", 0, {}, None), command="c", mlflow="m")
    assert "  cat       0.5000  1.0000  0.6600          4\n" in text


def test_after_a_run_of_a_program_its_pictures_are():
    assert next_command("trainyard.Classifier.fit", result()) == "trainyard report run=4f2a"


def test_a_config_of_the_latest_run_is_that_of_this_one_now():
    told = next_command("python train.py config=runs/latest/config.yaml seed=2", result())
    assert told == f"python train.py config={result().folder}/config.yaml -m seed=1,2,3"


@pytest.mark.parametrize(
    ("task", "metrics", "told"),
    [
        ("classification", {"loss": 0.01, "accuracy": 1.0}, "the 40 rows were learned: loss 0.0100, accuracy 1.0000;"),
        ("classification", {"loss": 0.6, "accuracy": 0.9}, "the 40 rows were NOT learned: loss 0.6000, acc"),
        ("regression", {"loss": 0.01, "r2": 0.995}, "the 40 rows were learned: loss 0.0100, r2 0.9950;"),
        ("regression", {"loss": 0.01, "r2": 0.9}, "the 40 rows were NOT learned:"),
    ],
)
def test_what_was_to_be_learned_by_heart_was_or_was_not(task, metrics, told):
    plan = plan_run(make_config(batch_size=20, overfit_batches=2), make_prepared(task), torch.device("cpu"))
    ended = replace(result(), metrics={f"best/{name}": value for name, value in metrics.items()})
    assert " ".join(" ".join(by_heart_lines(plan, ended)).split()).startswith(f"by heart {told}")
    assert by_heart_lines(replace(plan, config=make_config()), ended) == []
