import hashlib
import json
import time
from types import SimpleNamespace

import pytest
import torch

from tests.lineage.repositories import commit, git, write
from trainyard.config.compose import compose
from trainyard.config.schema.model import AutoModel, Classifier, Regressor
from trainyard.errors import AcceleratorError, DataError, NetworkError
from trainyard.tracking.journal import read_journal, status
from trainyard.training import run as module
from trainyard.training.checkpoint import newest_state
from trainyard.training.companions import Companions
from trainyard.training.result import Parent
from trainyard.training.run import run, task_of

QUICK = ["dataset=iris", "training.max_epochs=2", "tracking=off", "training.progress=false"]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("root")


@pytest.fixture(autouse=True)
def _in_root(root, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(root))


def start(root, name, *overrides, parent=None):
    folder = root / "runs" / "iris" / name
    config = compose([*QUICK, *overrides])
    return run(config, folder=folder, overrides=list(overrides), command="python train.py", parent=parent)


def test_a_run_is_told_from_its_config_to_its_end(root):
    result = start(root, "a", "seed=4", "note=hello", "tags.purpose=test")
    assert (result.status, result.exit_code, result.error) == ("FINISHED", 0, None)
    assert result.metrics == json.loads((result.folder / "metrics.json").read_text())
    assert result.monitor_value == pytest.approx(result.metrics["best/loss"])
    records = read_journal(result.folder)
    kinds = [record["type"] for record in records]
    assert kinds[0] == "begin"
    assert kinds[-1] == "end"
    tags = {name: value for record in records if record["type"] == "tags" for name, value in record["values"].items()}
    assert tags["task"] == "classification"
    assert tags["purpose"] == "test"
    assert tags["stopped_by"] == "max_epochs"
    assert tags["model.md5"] == hashlib.md5((result.folder / "model" / "weights.safetensors").read_bytes()).hexdigest()
    assert (tags["data.digest"], tags["data.tracked"]) == (tags["dataset.digest"], "none")
    assert next(record["text"] for record in records if record["type"] == "note") == "hello"
    params = next(record["values"] for record in records if record["type"] == "params")
    assert (params["model"], params["seed"]) == ("classifier", 4)
    epochs = [record for record in records if record["type"] == "metrics" and "train/loss" in record["values"]]
    assert [record["step"] for record in epochs] == [1, 2]
    assert (root / "runs" / "latest").resolve() == result.folder


def test_where_the_time_of_a_run_went_is_told_and_kept_and_adds_up(root, capsys):
    started = time.perf_counter()
    folder = start(root, "profiled", "debug=profile", "training.max_epochs=2").folder
    wall = time.perf_counter() - started
    kept = json.loads((folder / "profile.json").read_text())
    assert kept["seconds"] == pytest.approx(sum(kept["phases"].values()))
    assert kept["seconds"] < wall
    assert {name for name, seconds in kept["phases"].items() if seconds == 0} == {"compose"}
    assert not (start(root, "plain").folder / "profile.json").exists()
    printed = capsys.readouterr().out
    assert "  first step " in printed
    assert printed.index("  first step ") < printed.index("Operators of ") < printed.index("\nreport     ")


def test_a_run_on_data_that_are_not_committed_says_so(root, tmp_path, monkeypatch, capsys):
    rows = "".join(f"{n},{n % 7},{'ab'[n % 2]}\n" for n in range(60))
    write(tmp_path, {"conf/a": "", "train.py": "", ".dvc/config": "", "fish.csv": f"x,y,kind\n{rows}"})
    digest = hashlib.md5((tmp_path / "fish.csv").read_bytes()).hexdigest()
    write(tmp_path, {"fish.csv.dvc": f"outs:\n- md5: {digest}\n  hash: md5\n  path: fish.csv\n", ".gitignore": "*.csv"})
    git(tmp_path, "init")
    revision = commit(tmp_path)
    monkeypatch.chdir(tmp_path)
    overrides = ["dataset=csv", "dataset.path=fish.csv", "dataset.target=kind"]
    clean = start(root, "clean", *overrides).folder
    assert "commit" not in capsys.readouterr().out
    write(tmp_path, {"fish.csv": f"x,y,kind\n{rows}60,0,a\n", "train.py": "changed", "own.py": "new"})
    changed = start(root, "changed", *overrides).folder
    assert (
        f"note       fish.csv differs from the committed version (of {revision[:12]}); to keep this one:\n"
        "           dvc add fish.csv && git add fish.csv.dvc && git commit\n"
    ) in capsys.readouterr().out
    lineages = [json.loads((folder / "lineage.json").read_text()) for folder in (clean, changed)]
    assert [lineage["data"]["changed"] for lineage in lineages] == [False, True]
    assert [lineage["data"]["revision"] for lineage in lineages] == [revision, revision]
    assert lineages[0]["data"]["digest"] == digest != lineages[1]["data"]["digest"]
    kept = {"code.diff", "untracked.zip"}
    assert [kept & {path.name for path in folder.iterdir()} for folder in (clean, changed)] == [set(), kept]
    artifacts = [record["path"] for record in read_journal(changed) if record["type"] == "artifact"]
    assert {"lineage.json", *kept} <= set(artifacts)


@pytest.mark.parametrize(
    ("overrides", "error", "words"),
    [
        (["dataset.target=speces"], DataError, "species"),
        (["network.hidden=[1000000,1000000]"], NetworkError, "Make its layers narrower"),
        (["accelerator=gpu"], AcceleratorError, "there is no CUDA GPU that torch can use here"),
        (["accelerator.precision=tf32"], AcceleratorError, "needs a CUDA GPU"),
    ],
)
def test_what_cannot_begin_leaves_nothing(root, monkeypatch, overrides, error, words):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(error, match=words):
        start(root, "b", *overrides)
    assert not (root / "runs" / "iris" / "b").exists()


def test_a_member_knows_its_sweep_and_starts_no_process_of_its_own(root, monkeypatch):
    beside = Companions(None, 0)
    monkeypatch.setattr(Companions, "start", None)
    result = start(root, "s/0", "seed=1", parent=Parent("p" * 32, root / "runs" / "iris" / "s", beside))
    begin = read_journal(result.folder)[0]
    assert (begin["parent"], begin["name"]) == ("p" * 32, "iris-mlp-0")
    assert json.loads((result.folder / "lineage.json").read_text())["sweep"] == "s"
    beside.close()


def test_a_failure_half_way_keeps_what_was_reached(root, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("trainyard.training.story.write_tested", fail)
    with pytest.raises(RuntimeError, match="the disk is gone"):
        start(root, "c")
    folder = root / "runs" / "iris" / "c"
    assert status(folder) == "FAILED"
    assert read_journal(folder)[-1]["error"] == "RuntimeError: the disk is gone"
    assert "Traceback" in (folder / "log.txt").read_text()
    assert newest_state(folder)[0].part("best")


def test_a_training_that_diverges_has_failed_and_says_what_to_do(root):
    result = start(root, "d", "optimizer=sgd", "optimizer.lr=1e30", "model=classifier", "optimizer.momentum=0",
                   "optimizer.nesterov=false", "training.max_epochs=20")  # fmt: skip
    assert (result.status, result.exit_code) == ("FAILED", 1)
    assert "lower optimizer.lr=1e+30" in result.error


def test_a_gpu_that_is_not_there_is_told_before_the_data_are_prepared_and_lightning_is_imported(root, monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(module, "HEAVY", "no.such.module")
    monkeypatch.setattr(module, "prepare", None)
    with pytest.raises(AcceleratorError):
        start(root, "b", "accelerator=gpu")


def test_a_run_that_ends_within_its_first_epoch_says_so(root):
    result = start(root, "part", "dataset=digits", "training.max_steps=2")
    text = (result.folder / "log.txt").read_text()
    assert "training   2 of 20 steps of the first epoch in" in text
    assert result.metrics["trained/epochs"] == 0.1


@pytest.mark.parametrize(
    ("model", "task"), [(AutoModel(), "auto"), (Classifier(), "classification"), (Regressor(), "regression")]
)
def test_the_model_asks_for_its_task(model, task):
    assert task_of(SimpleNamespace(model=model)) == task
