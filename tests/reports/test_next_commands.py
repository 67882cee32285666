import pytest

from tests.reports.runs import traced_run
from trainyard.reports.next_commands import mlflow_command, program_of, run_commands, short_name, sweep_commands
from trainyard.reports.run_files import read_run


def test_a_run_is_called_by_the_end_of_its_name(tmp_path):
    run = read_run(traced_run(tmp_path / "2026-01-01_10-00-00-aaaaaa"))
    commands = dict(run_commands(run, "FINISHED"))
    assert short_name(run) == "aaaaaa"
    assert commands["go on with it"] == "python train.py resume=aaaaaa training.max_epochs=100"
    assert commands["see it in MLflow"] == "mlflow ui, in the folder of the project"


def test_a_member_of_a_sweep_is_called_by_its_id(tmp_path):
    run = read_run(traced_run(tmp_path / "0", lineage={"sweep": "s"}))
    assert short_name(run) == run.begin["id"][:8]


def test_a_run_that_was_killed_goes_on_as_it_was_meant_to(tmp_path):
    run = read_run(traced_run(tmp_path / "2026-01-01_10-00-00-aaaaaa"))
    assert dict(run_commands(run, "KILLED"))["go on with it"] == "python train.py resume=aaaaaa"


def test_a_run_that_mlflow_does_not_know_can_be_brought_there(tmp_path):
    folder = traced_run(tmp_path / "2026-01-01_10-00-00-aaaaaa")
    (folder / "mlflow.json").unlink()
    assert dict(run_commands(read_run(folder), "FINISHED"))["bring it to MLflow"] == "trainyard sync run=aaaaaa"


def test_a_sweep_goes_on_from_its_best_member(tmp_path):
    commands = dict(sweep_commands(tmp_path / "2026-01-01_10-00-00-aaaaaa", "3"))
    assert commands["train the best choices with other seeds"].endswith("-aaaaaa/3/config.yaml -m seed=1,2,3")
    assert list(sweep_commands(tmp_path / "x-aaaaaa", None)) == [
        ("draw this page and its plot again", "trainyard report run=aaaaaa")
    ]  # fmt: skip


@pytest.mark.parametrize(("command", "program"), [
    ("python train.py seed=1", "python train.py"), ("trainyard train seed=1", "trainyard train"),
    ("", "python train.py"),
    ("/usr/bin/thing x", "python train.py"),
])  # fmt: skip
def test_training_is_called_as_it_was(command, program):
    assert program_of(command) == program


@pytest.mark.parametrize(("uri", "command"), [
    ("http://host:5000", "http://host:5000"), ("sqlite:////a/mlflow.db", "mlflow ui, in the folder of the project"),
    ("sqlite:///my runs.db", "mlflow ui --backend-store-uri 'sqlite:///my runs.db'"),
])  # fmt: skip
def test_mlflow_is_opened_where_the_run_is(uri, command):
    assert mlflow_command(uri) == command


def test_what_needs_rows_that_nobody_keeps_is_not_offered(tmp_path):
    folder = traced_run(tmp_path / "2026-01-01_10-00-00-aaaaaa")
    (folder / "config.yaml").write_text("dataset: {_target_: python.rows}")
    offered = dict(run_commands(read_run(folder), "FINISHED"))
    assert "draw this page and its plots again" in offered
    assert not {"go on with it", "its spread over seeds", "run it again and compare, to the bit"} & set(offered)
