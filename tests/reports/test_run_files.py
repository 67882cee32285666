import json
import math

import pytest

from tests.reports.runs import LINEAGE, begin, traced_run
from trainyard.errors import ConfigError
from trainyard.reports.run_files import read_run


def test_a_runs_folder_tells_all_of_it(tmp_path):
    run = read_run(traced_run(tmp_path / "run"))
    assert run.lineage == LINEAGE
    assert (run.begin["name"], run.status) == ("digits-mlp-0a1b2c", "FINISHED")
    assert run.config == {"seed": 1, "optimizer": {"lr": 0.001}}
    assert run.overrides == ["dataset=csv", "seed=1"]
    assert run.main_metric == ("test/accuracy", 0.75)
    assert run.mlflow["run_id"] == "f00d"
    assert run.model_md5 == "a" * 32
    assert [(file.name, file.counts) for file in run.changed] == [("a.py", "+2 -1")]
    assert list(run.untracked) == ["b.py"]


@pytest.mark.parametrize(
    ("metrics", "main"),
    [({"test/rmse": 2.0, "test/loss": 1.0}, ("test/rmse", 2.0)), ({"best/accuracy": 1.0}, None), ({}, None),
     ({"test/accuracy": float("nan")}, None)],
)  # fmt: skip
def test_the_main_metric_is_the_first_of_the_task(tmp_path, metrics, main):
    folder = traced_run(tmp_path / "run")
    (folder / "metrics.json").write_text(json.dumps(metrics))
    assert read_run(folder).main_metric == main


def test_a_metric_that_json_has_as_null_is_nan(tmp_path):
    folder = traced_run(tmp_path / "run")
    (folder / "metrics.json").write_text('{"test/roc_auc": null, "test/accuracy": 1.0}')
    metrics = read_run(folder).metrics
    assert math.isnan(metrics["test/roc_auc"])
    assert metrics["test/accuracy"] == 1.0


def test_what_is_not_there_or_damaged_is_empty(tmp_path):
    folder = begin(tmp_path / "run", status=None)
    (folder / "lineage.json").write_text("{}")
    (folder / "config.yaml").write_text("[")
    (folder / "metrics.json").write_text("{")
    (folder / "untracked.zip").write_text("no zip")
    run = read_run(folder)
    assert (run.status, run.config, run.metrics, run.mlflow, run.model_md5) == ("KILLED", {}, {}, {}, None)
    assert (run.overrides, run.changed, run.untracked) == ([], [], {})
    journal = folder / "journal.jsonl"
    journal.write_text(journal.read_text() + '{"n":9,"type":"end"]\n')
    assert read_run(folder).status == "UNKNOWN"


def test_what_is_no_run_with_a_lineage_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"^a=.*run: has no lineage.json; the run ended before it wrote one$"):
        read_run(begin(tmp_path / "run"), "a")
    traced_run(tmp_path / "sweep" / "0-seed=1")
    with pytest.raises(ConfigError, match=r"sweep: is a sweep; name one of its runs, such as .*sweep/0-seed=1$"):
        read_run(tmp_path / "sweep")
    (tmp_path / "run" / "lineage.json").write_text("{")
    with pytest.raises(ConfigError, match=r"its lineage.json cannot be read"):
        read_run(tmp_path / "run")
