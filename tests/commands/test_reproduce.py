"""`trainyard reproduce`, typed in repositories of git and DVC from which all that the runs left here was moved away."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.checkout import REPOSITORY, copy_checkout
from tests.lineage.repositories import commit, dvc, git, write

pytestmark = pytest.mark.slow

SECONDS = 300
SHORT = ["training.max_epochs=2", "training.patience=null"]
DIGITS = ["experiment=digits", "schedule.warmup_steps=10", *SHORT]
SALMON = ["experiment=salmon", "dataset.path=data/fish.csv", "trusted=mine", "network=custom",
          "network._target_=mine.net.Net", *SHORT]  # fmt: skip
NET = """from torch import nn

from mine import WIDTH


class Net(nn.Sequential):
    def __init__(self, inputs, outputs):
        super().__init__(nn.Linear(inputs.numeric, WIDTH), nn.Tanh(), nn.Linear(WIDTH, outputs))
"""
DEFAULTS = {
    "conf/network/mlp.yaml": ("normalization: none", "normalization: batch"),
    "conf/experiment/digits.yaml": ("lr: 0.003", "lr: 0.3"),
    "conf/experiment/salmon.yaml": ("lr: 0.005", "lr: 0.5"),
}
PAGE = (REPOSITORY / "docs" / "reproduce.md").read_text()
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Clone:
    """A project in which commands are typed; its runs are tracked in the database of MLflow at `mlflow`."""

    root: Path
    mlflow: Path

    @property
    def env(self):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("MLFLOW_", "TRAINYARD_", "DVC_"))}  # fmt: skip
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {**kept, "PATH": path, "DVC_NO_ANALYTICS": "1", "MLFLOW_DISABLE_TELEMETRY": "true",
                "MLFLOW_TRACKING_URI": f"sqlite:///{self.mlflow}", "PYTHONPATH": str(self.root / "src")}  # fmt: skip

    def type(self, *words, code=0, cwd=None, **env):
        """Type a command and return what it said; `code` is how it is to exit."""
        ended = subprocess.run(
            words, cwd=cwd or self.root, env=self.env | env, capture_output=True, text=True, timeout=SECONDS,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def train(self, *words):
        """Train and return the folder of the run."""
        self.type(sys.executable, "train.py", *words)
        return (self.root / "runs" / "latest").resolve()

    def reproduce(self, run, code=0, cwd=None, **env):
        return self.type(sys.executable, "-m", "trainyard", "reproduce", f"run={run}", code=code, cwd=cwd, **env)

    def tags(self, run):
        """The tags of a run in MLflow, by the id in its journal."""
        question = (
            "select key, value from tags where run_uuid = "
            "(select run_uuid from tags where key = 'trainyard.run_id' and value = ?)"
        )
        with closing(sqlite3.connect(self.mlflow)) as database:
            return dict(database.execute(question, [run]).fetchall())


def new_repository(root):
    copy_checkout(root)
    git(root, "init")
    git(root, "config", "user.name", "a")
    git(root, "config", "user.email", "a@b")
    if not (root / ".dvc").is_dir():
        dvc(root, "init", "-q")
    return root


@dataclass(frozen=True)
class Made:
    """The project that two runs were made in, the ids of these, and where their folders were moved to."""

    clone: Clone
    ids: dict[str, str]
    folders: dict[str, Path]
    remote: Path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Digits from committed code, salmon with uncommitted changes; all moved away, code and conf/ changed then."""
    shared, away = tmp_path_factory.mktemp("shared"), tmp_path_factory.mktemp("away")
    root = new_repository(tmp_path_factory.mktemp("project"))
    clone = Clone(root, shared / "mlflow.db")
    write(root, {"mine/__init__.py": "WIDTH = 8\n"})
    clone.type(sys.executable, "-m", "trainyard", "acquire", "experiment=salmon", "dataset.rows=300",
               "output=data/fish.csv")  # fmt: skip
    dvc(root, "remote", "add", "-q", "-d", "shelf", str(shared / "remote"))
    dvc(root, "add", "-q", "data/fish.csv")
    dvc(root, "push", "-q")
    commit(root)
    folders = {"digits": clone.train(*DIGITS)}
    write(root, {"mine/__init__.py": "WIDTH = 12\n", "mine/net.py": NET})
    folders["salmon"] = clone.train(*SALMON)
    ids = {name: json.loads((folder / "journal.jsonl").read_text().splitlines()[0])["id"]
           for name, folder in folders.items()}  # fmt: skip
    for name in ("runs", ".trainyard"):
        shutil.move(root / name, away / name)
    for part in ("mine/net.py", "data/fish.csv"):
        (root / part).unlink()
    for name, (old, new) in DEFAULTS.items():
        text = (root / name).read_text()
        assert old in text
        (root / name).write_text(text.replace(old, new))
    write(root, {"mine/__init__.py": "WIDTH = 3\n"})
    commit(root, "other defaults")
    write(root, {"src/trainyard/training/fit.py": "raise RuntimeError('the working tree was changed')\n"})
    moved = {name: away / folder.relative_to(root) for name, folder in folders.items()}
    return Made(clone, ids, moved, shared / "remote")


@pytest.fixture(scope="module")
def elsewhere(made, tmp_path_factory):
    """A clone that shares the remote of DVC and MLflow, and nothing else: the data lie nowhere but on the remote."""
    root = tmp_path_factory.mktemp("elsewhere") / "clone"
    git(root.parent, "clone", "-q", str(made.clone.root), str(root))
    return Clone(root, made.clone.mlflow)


@pytest.mark.parametrize("name", ["digits", "salmon"])
def test_a_run_whose_files_are_gone_repeats_to_the_bit(made, name, tmp_path):
    root, run = made.clone.root, made.ids[name]
    before = git(root, "status", "--porcelain")
    said = made.clone.reproduce(run[:12], cwd=tmp_path, TRAINYARD_ROOT=str(root))
    assert re.search(r"bit-identical: \d\d+ final metrics and all weights", said)
    assert "warning" not in said
    assert f"trainyard diff {run[:12]} latest" in said
    again = json.loads((root / "runs" / "latest" / "journal.jsonl").read_text().splitlines()[0])["id"]
    assert made.clone.tags(again)["reproduces"] == run
    original = made.clone.tags(run)
    assert (original["reproduced"], original["reproduced_by"]) == ("bit-identical", again)
    assert git(root, "status", "--porcelain") == before
    assert len(git(root, "worktree", "list").splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["digits", "salmon"])
def test_a_clone_elsewhere_repeats_it_to_the_bit(made, elsewhere, name):
    shutil.rmtree(made.clone.root / ".dvc" / "cache", ignore_errors=True)
    assert "bit-identical" in elsewhere.reproduce(made.ids[name])


def edited(folder, into, seed_of):
    """Copy a run's folder and write another seed into the files that are named."""
    shutil.copytree(folder, into, symlinks=True)
    for name in seed_of:
        load, dump = (yaml.safe_load, yaml.safe_dump) if name.endswith(".yaml") else (json.loads, json.dumps)
        record = load((into / name).read_text())
        record.get("seeds", record)["seed"] = 7
        (into / name).write_text(dump(record))
    return into


def test_a_changed_seed_gives_other_numbers(made, elsewhere, tmp_path):
    run = edited(made.folders["digits"], tmp_path / "run", ["config.yaml", "lineage.json"])
    said = elsewhere.reproduce(run, code=1)
    assert re.search(r"\n  metric +original +again +difference", said)
    assert re.search(r"\n  test/loss +\d", said)
    assert "The weights differ." in said
    assert "not reproduced" in said


def test_a_seed_that_was_changed_in_the_config_alone_is_refused(made, elsewhere, tmp_path):
    run = edited(made.folders["digits"], tmp_path / "run", ["config.yaml"])
    assert "has seed 7, but the run was made with 0" in elsewhere.reproduce(run, code=2)


def test_a_missing_commit_is_named(made, tmp_path):
    root = new_repository(tmp_path / "other")
    commit(root)
    said = Clone(root, made.clone.mlflow).reproduce(made.ids["digits"], code=2)
    assert re.search(r"The commit [0-9a-f]{40} is not in the repository of", said)


def test_a_changed_byte_of_the_data_is_named(made, tmp_path):
    root = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(made.clone.root), str(root))
    (stored,) = (path for path in made.remote.rglob("*") if path.is_file())
    content, mode = stored.read_bytes(), stored.stat().st_mode
    try:
        stored.chmod(0o644)
        stored.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        said = Clone(root, made.clone.mlflow).reproduce(made.ids["salmon"], code=2)
    finally:
        stored.write_bytes(content)
        stored.chmod(mode)
    assert re.search(r"The data \S+fish.csv with the digest [0-9a-f]{32} are neither there nor in DVC's cache", said)


def test_the_commands_of_the_page_tell_what_it_promises(tmp_path):
    root = new_repository(tmp_path / "page")
    commit(root)
    clone = Clone(root, tmp_path / "mlflow.db")
    said = [clone.type("bash", "-euo", "pipefail", "-c", block) for block in BLOCKS]
    assert len(said) == 2
    assert re.search(r"bit-identical: \d+ final metrics and all weights", said[0])
    assert "bit-identical" in said[1]
    assert "metrics: the same" in said[1]
