"""A stage of a DVC pipeline that was stopped, and goes on with its run."""

from dataclasses import replace

import pytest

from tests.synthetic import make_config
from trainyard.config.schema.dataset import Csv
from trainyard.tracking.lock import FileLock
from trainyard.tracking.reading import JOURNAL_LOCK
from trainyard.training import stage as stage_module
from trainyard.training.stage import begun_before, code_md5, forget_stage, remember_stage, stage


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A config that reads a file, in the stage train@fish."""
    monkeypatch.setenv("DVC_STAGE", "train@fish")
    monkeypatch.setattr(stage_module, "code_md5", lambda _trusted: "code")
    (tmp_path / "fish.csv").write_text("a,b\n1,2\n")
    return make_config(dataset=Csv(name="fish", target=("b",), path=str(tmp_path / "fish.csv")))


@pytest.fixture
def begun(config, tmp_path):
    """The folder of a run that this stage began and that has a state to go on from."""
    folder = tmp_path / "runs" / "fish" / "1"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoints" / "step-5.safetensors").touch()
    remember_stage(tmp_path, config, folder)
    return folder


def test_a_stage_finds_what_it_began_until_it_is_handed_on(config, begun, tmp_path):
    assert begun_before(tmp_path, config) == begun
    forget_stage(tmp_path, config)
    assert begun_before(tmp_path, config) is None
    forget_stage(tmp_path, config)


def test_what_does_not_matter_may_have_changed(config, begun, tmp_path):
    moved = (tmp_path / "fish.csv").rename(tmp_path / "salmon.csv")
    other = replace(
        config, note="again", tags={"a": "b"}, dataset=replace(config.dataset, path=str(moved)),
        training=replace(config.training, progress="off"),
    )  # fmt: skip
    assert begun_before(tmp_path, other) == begun


@pytest.mark.parametrize("changed", ["seed", "split", "data", "code", "stage"])
def test_what_matters_makes_another_run(config, begun, tmp_path, monkeypatch, changed):
    if changed == "seed":
        config = replace(config, seed=config.seed + 1)
    elif changed == "split":
        config = replace(config, dataset=replace(config.dataset, val_fraction=0.3))
    elif changed == "data":
        (tmp_path / "fish.csv").write_text("a,b\n1,3\n3,4\n")
    elif changed == "code":
        monkeypatch.setattr(stage_module, "code_md5", lambda _trusted: "other")
    else:
        monkeypatch.setenv("DVC_STAGE", "train@salmon")
    assert begun_before(tmp_path, config) is None


def test_a_run_that_is_still_training_is_left_alone(config, begun, tmp_path):
    lock = FileLock(begun / JOURNAL_LOCK)
    assert lock.acquire()
    assert begun_before(tmp_path, config) is None
    lock.release()
    assert begun_before(tmp_path, config) == begun


def test_a_run_without_a_state_is_begun_anew(config, begun, tmp_path):
    (begun / "checkpoints" / "step-5.safetensors").unlink()
    assert begun_before(tmp_path, config) is None


def test_outside_of_a_pipeline_nothing_is_noted(config, tmp_path, monkeypatch):
    for value in (None, ""):
        monkeypatch.delenv("DVC_STAGE") if value is None else monkeypatch.setenv("DVC_STAGE", value)
        assert stage() is None
        remember_stage(tmp_path, config, tmp_path)
        forget_stage(tmp_path, config)
        assert begun_before(tmp_path, config) is None
    assert not (tmp_path / ".trainyard").exists()


def test_the_code_of_trusted_packages_counts_and_is_not_imported(tmp_path, monkeypatch):
    monkeypatch.setattr(stage_module, "PACKAGE", tmp_path / "trainyard")
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    for package in ("trainyard", "own"):
        (tmp_path / package).mkdir()
    (tmp_path / "own" / "__init__.py").write_text("raise SystemExit('imported')")
    (tmp_path / "single.py").write_text("raise SystemExit('imported')")
    trusted = ("own.inner", "single", "nowhere")
    seen = [code_md5(), code_md5(trusted)]
    for file in ("own/net.py", "single.py"):
        (tmp_path / file).write_text("def build(): ...")
        seen.append(code_md5(trusted))
    (tmp_path / "own" / "net.py").rename(tmp_path / "own" / "other.py")
    seen.append(code_md5(trusted))
    assert len(set(seen)) == 5
    (tmp_path / "own" / "notes.txt").touch()
    assert code_md5(trusted) == seen[-1]
