"""What tests of reproduction share: a repository with a commit, and a run that was made in it."""

import json

import pytest
import yaml

from tests.lineage.repositories import commit, git, write
from trainyard.reports.run_files import read_run
from trainyard.tracking.journal import Journal


@pytest.fixture
def repository(tmp_path):
    """A repository of git with one file committed."""
    folder = write(tmp_path / "code", {"src/trainyard/a.py": "print(1)\n", "train.py": "", "conf/a.yaml": ""})
    git(folder, "init", "-q")
    commit(folder, "the first")
    return folder


@pytest.fixture
def made(tmp_path, repository):
    """Make the files of a run: its lineage may be changed, and more files be written beside it."""

    def make(name="run", *, code=None, data=(), metrics=None, files=None, **lineage):
        folder = tmp_path / "runs" / "made" / name
        journal = Journal.create(folder, kind="run", experiment="made", name=f"made-{name}", sync=False)
        journal.end("FINISHED")
        revision = git(repository, "rev-parse", "HEAD")
        clean = {"revision": revision, "dirty": False, "untracked": [], "saved": [], "diff_kept": True}
        record = {
            "code": {**clean, **(code or {})},
            "data": {"files": list(data)}, "seeds": {"seed": 0, "split_seed": 0},
            "device": {"name": "CPU x86_64, 1 of 2 cores", "threads": 1}, **lineage,
        }  # fmt: skip
        config = {
            "experiment_name": "made", "seed": 0, "dataset": {"split_seed": 0, "path": "old.csv"}, "tags": {"a": "b"},
            "accelerator": {"name": "auto", "threads": "auto"}, "tracking": {"name": "local", "uri": None},
        }  # fmt: skip
        texts = {
            "lineage.json": json.dumps(record), "config.yaml": yaml.safe_dump(config),
            "metrics.json": json.dumps({"test/rmse": 0.5} if metrics is None else metrics), **(files or {}),
        }  # fmt: skip
        write(folder, texts)
        return read_run(folder)

    return make
