"""The DVC pipeline, run by the real tools: what a stage reads makes it run again, and nothing begun is lost."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml

from tests.checkout import REPOSITORY, copy_checkout
from tests.lineage.repositories import commit, git

pytestmark = pytest.mark.slow

SECONDS = 300
STAGES = ("compose", "acquire", "prepare", "train", "evaluate")
PARAMS = {
    "experiments": ["digits", "salmon"],
    "digits": {"experiment": "digits", "training": {"max_epochs": 3}},
    "salmon": {"experiment": "salmon", "dataset": {"rows": 300}, "training": {"max_epochs": 3}},
}
PAGE = (REPOSITORY / "docs" / "pipeline.md").read_text()
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


class Yard:
    """A copy of the project in a repository of its own, in which commands are typed."""

    def __init__(self, root: Path):
        self.root = root
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("MLFLOW_", "TRAINYARD_", "DVC_"))}  # fmt: skip
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.env = {**kept, "PATH": path, "DVC_NO_ANALYTICS": "1", "MLFLOW_DISABLE_TELEMETRY": "true",
                    "PYTHONPATH": str(root / "src")}  # fmt: skip

    def run(self, script, fails=False):
        """Type a script and return what it printed; `fails` says whether it is to fail."""
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=self.root, env=self.env, capture_output=True, text=True,
            timeout=SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert (ended.returncode != 0) == fails, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def repro(self):
        """Return the stages that `dvc repro` runs."""
        return re.findall(r"Running stage '(.*?)'", self.run("dvc repro"))

    def clean(self):
        """Go back to what is committed."""
        self.run("git checkout -q . && git clean -qfd && dvc checkout -q --force")

    def json(self, name):
        return json.loads((self.root / name).read_text())

    def edit(self, name, old, new):
        path = self.root / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    @property
    def runs(self):
        return sorted(path.parent for path in (self.root / "runs").glob("*/*/journal.jsonl"))


def new_yard(folder):
    copy_checkout(folder)
    git(folder, "init")
    git(folder, "config", "user.name", "a")
    git(folder, "config", "user.email", "a@b")
    (folder / "params.yaml").write_text(yaml.safe_dump(PARAMS, sort_keys=False))
    commit(folder)
    return Yard(folder)


@pytest.fixture(scope="module")
def repeated(tmp_path_factory):
    """A yard in which `dvc repro` has run to its end, and what ran then."""
    yard = new_yard(tmp_path_factory.mktemp("yard"))
    ran = yard.repro()
    commit(yard.root)
    return yard, ran


@pytest.fixture
def yard(repeated):
    """The yard as it was committed."""
    yield repeated[0]
    repeated[0].clean()


def test_a_fresh_clone_runs_to_the_end_and_then_nothing_runs(repeated):
    yard, ran = repeated
    assert sorted(ran) == sorted(f"{stage}@{name}" for stage in STAGES for name in ("digits", "salmon"))
    assert yard.repro() == []
    assert not git(yard.root, "status", "--porcelain")


def test_runs_are_no_outputs_and_an_output_names_its_run(repeated):
    yard, _ = repeated
    locked = yaml.safe_load((yard.root / "dvc.lock").read_text())["stages"]
    outs = [out["path"] for stage in locked.values() for out in stage.get("outs", ())]
    assert not [path for path in outs if path.startswith(("runs", "mlflow", "mlartifacts", ".trainyard"))]
    run = yard.json("pipeline/digits/run.json")
    assert (yard.root / run["folder"] / "journal.jsonl").is_file()
    assert run["mlflow"]["run_id"]
    final = yard.json(f"{run['folder']}/metrics.json")
    evaluated = yard.json("pipeline/digits/evaluation/metrics.json")
    assert {name: final[f"test/{name}"] for name in evaluated} == evaluated


def test_an_output_from_the_run_cache_still_names_its_run(yard):
    before = yard.json("pipeline/salmon/run.json")
    yard.run("rm -r pipeline/salmon/model pipeline/salmon/run.json dvc.lock && git checkout -q dvc.lock")
    assert "train@salmon" not in yard.repro()
    assert yard.json("pipeline/salmon/run.json") == before


def test_a_config_that_no_experiment_uses_stops_at_compose(yard):
    yard.edit("conf/network/cnn.yaml", "\n", "\n# a word\n")
    assert {name.partition("@")[0] for name in yard.repro()} == {"compose"}


def test_a_config_that_one_uses_trains_that_one(yard):
    yard.edit("conf/experiment/salmon.yaml", "lr: 0.005", "lr: 0.006")
    assert [name for name in yard.repro() if not name.startswith("compose")] == ["train@salmon", "evaluate@salmon"]


def test_a_changed_byte_of_the_rows_is_kept_and_runs_what_follows(yard):
    path = yard.root / "data" / "salmon.csv"
    lines = path.read_text().splitlines()
    path.chmod(0o644)
    path.write_text("\n".join([*lines[:-1], re.sub(r"\d(?=\D*$)", "9", lines[-1], count=1), ""]))
    changed = path.read_bytes()
    ran = yard.repro()
    assert [name for name in ran if "digits" in name] == []
    assert ran[-3:] == ["prepare@salmon", "train@salmon", "evaluate@salmon"]
    assert path.read_bytes() == changed


def test_an_edit_of_code_runs_what_uses_it(yard):
    yard.edit("src/trainyard/evaluation/files.py", '"""The files', '"""All files')
    assert sorted(yard.repro()) == ["evaluate@digits", "evaluate@salmon"]


def test_an_experiment_takes_overrides_and_refuses_mistyped_ones(yard):
    known = len(yard.runs)
    said = yard.run("dvc exp run -S '+salmon.optimizer.lr=0.02' -S '+salmon.network=linear'")
    assert "linear" in said
    assert len(yard.runs) == known + 1
    assert "optimizer.lr: 0.02" in yard.run("dvc exp show --no-pager --json").replace('"', "") or (
        "0.02" in yard.run("dvc params diff")
    )
    assert "pipeline/salmon/evaluation/metrics.json" in yard.run("dvc metrics diff")
    yard.clean()
    assert "no such key" in yard.run("dvc exp run -S '+salmon.optimizer.lrr=0.02'", fails=True)
    yard.clean()
    assert "did you mean" in yard.run("dvc exp run -S '+salmon.network=lineer'", fails=True)


def test_queued_experiments_land_in_the_one_project(yard):
    known = yard.runs
    yard.run("dvc exp run --queue -S '+digits.network=linear,cnn'")
    yard.run("dvc exp run --run-all")
    new = [run for run in yard.runs if run not in known]
    kinds = {yaml.safe_load((run / "config.yaml").read_text())["network"]["name"] for run in new}
    assert kinds == {"linear", "cnn"}
    assert all((run / "mlflow.json").is_file() for run in new)
    assert not list((yard.root / ".dvc" / "tmp").rglob("mlflow.db"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_stage_that_is_killed_goes_on_where_it_was(yard, number):
    longer = f"max_epochs: 400\n    patience: null\n    checkpoint_epochs: 5\n  seed: {int(number)}"  # in no run cache
    yard.edit("params.yaml", "max_epochs: 3", longer)
    commit(yard.root)
    lock, known = (yard.root / "dvc.lock").read_bytes(), yard.runs
    started = subprocess.Popen(
        ["dvc", "repro", "train@digits"], cwd=yard.root, env=yard.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    folder = wait_for_checkpoint(yard, known)
    training_process(yard.root).send_signal(number)
    said, _ = started.communicate(timeout=SECONDS)
    assert started.returncode != 0
    assert number == signal.SIGKILL or "exited with 143" in said
    stages = yaml.safe_load(lock)["stages"]
    assert yaml.safe_load((yard.root / "dvc.lock").read_bytes())["stages"]["train@digits"] == stages["train@digits"]
    yard.run("dvc repro train@digits")
    assert [run for run in yard.runs if run not in known] == [folder]
    assert yard.json("pipeline/digits/training.json")["trained/epochs"] == 400
    assert yard.json("pipeline/digits/run.json")["folder"] == str(folder.relative_to(yard.root))
    git(yard.root, "reset", "-q", "--hard", "HEAD~1")


def wait_for_checkpoint(yard, known):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        begun = [run for run in yard.runs if run not in known]
        if begun and list(begun[0].glob("checkpoints/step-*.safetensors")):
            return begun[0]
        time.sleep(0.05)
    raise AssertionError("no checkpoint was written")


def training_process(root):
    for process in psutil.process_iter(["cmdline", "cwd"]):
        words = process.info["cmdline"] or []
        if "trainyard" in words and "train" in words and process.info["cwd"] == str(root):
            return process
    raise AssertionError("nothing trains")


def test_rows_of_ones_own_are_an_experiment_and_have_a_version(yard):
    rows = [f"{n},{n % 7},{3 * n + n % 5}" for n in range(120)]
    (yard.root / "data" / "houses.csv").write_text("\n".join(["rooms,age,price", *rows, ""]))
    params = {**PARAMS, "experiments": ["houses"]}
    del params["digits"], params["salmon"]
    params["houses"] = {"model": "regressor", "training": {"max_epochs": 2},
                        "dataset": {"source": "csv", "path": "data/houses.csv", "target": "price"}}  # fmt: skip
    (yard.root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    assert [name for name in yard.repro() if name.startswith("evaluate")] == ["evaluate@houses"]
    assert yard.json("pipeline/houses/evaluation/metrics.json")["mae"] > 0
    lineage = " ".join(yard.run("python -m trainyard lineage run=latest").split())
    assert "tracked by DVC" in lineage


def test_it_works_without_git(repeated, tmp_path):
    yard = Yard(copy_checkout(tmp_path / "folder"))
    (yard.root / "params.yaml").write_text(yaml.safe_dump(PARAMS, sort_keys=False))
    (yard.root / ".dvc" / "config.local").write_text("[core]\n    no_scm = true\n")
    assert len(yard.repro()) == 2 * len(STAGES)
    assert yard.repro() == []
    assert "there was no git" in yard.run("python -m trainyard lineage run=latest")


def test_the_commands_of_the_page(tmp_path_factory):
    yard = new_yard(tmp_path_factory.mktemp("page"))
    said = [yard.run(block) for block in BLOCKS]
    assert "Data and pipelines are up to date" in said[0]
    assert "accuracy" in said[1]
    assert "salmon.optimizer.lr" in said[2]
    assert "cnn" in said[3]
    assert "bit-identical" in said[4]
    assert "up to date" in said[5]
