import sys

import pytest
import yaml

from trainyard.config.schema.run import Tracking
from trainyard.errors import TrainyardError
from trainyard.reproduction.original import Original
from trainyard.reproduction.rerun import config_again, environment, rerun
from trainyard.reproduction.workspace import Workspace


@pytest.fixture
def original(made):
    files = made()
    return Original(files, "f" * 32, "made-run", files.folder, None)


def test_the_config_has_its_data_device_threads_tag_and_tracking(original, tmp_path):
    config = config_again(original, {"path": tmp_path / "a.csv"}, Tracking(name="off"))
    assert config["dataset"] == {"split_seed": 0, "path": str(tmp_path / "a.csv")}
    assert config["accelerator"] == {"name": "cpu", "threads": 1}
    assert config["tags"] == {"a": "b", "reproduces": "f" * 32}
    assert config["tracking"] == {"name": "off", "uri": None}
    assert original.files.config["accelerator"]["name"] == "auto"


def test_a_run_of_a_gpu_asks_for_one_as_it_did(made):
    files = made(device={"name": "GPU 0: Card", "threads": 1})
    original = Original(files, "f" * 32, "made-run", files.folder, None)
    assert config_again(original, {}, Tracking())["accelerator"]["name"] == "auto"


def test_what_had_32_bits_has_them_again_where_others_would_be_faster(made):
    def again(name, **passes):
        device = {"name": "CPU", "threads": 1, "precision": "32", "passes": {"bf16": False, **passes}}
        files = made(name, device=device)
        files.config["accelerator"]["precision"] = "auto"
        return config_again(Original(files, "f" * 32, "made-run", files.folder, None), {}, Tracking())["accelerator"]

    assert again("plain")["precision"] == "32"
    assert again("faster", one_dnn=True)["precision"] == "auto"


@pytest.mark.parametrize(("code", "error"), [(0, None), (1, TrainyardError), (130, SystemExit)])
def test_the_training_is_typed_in_the_workspace(original, tmp_path, monkeypatch, code, error):
    program = tmp_path / "python"
    seen = tmp_path / "seen"
    program.write_text(f'#!/bin/sh\npwd > {seen}\necho "$PYTHONPATH $TRAINYARD_ROOT $@" >> {seen}\nexit {code}\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("PYTHONPATH", "/else")
    workspace = Workspace(tmp_path, tmp_path / "config.yaml", {}, tmp_path / "src")
    if error is None:
        folder = rerun(original, workspace, tmp_path, Tracking(name="off"))
        assert folder.parent == tmp_path / "runs" / "made"
        words = f"-m trainyard train config={tmp_path / 'config.yaml'} hydra.run.dir={folder}"
        assert seen.read_text() == f"{tmp_path}\n{tmp_path}/src:/else {tmp_path} {words}\n"
    else:
        with pytest.raises(error):
            rerun(original, workspace, tmp_path, Tracking(name="off"))
    assert yaml.safe_load((tmp_path / "config.yaml").read_text())["tags"]["reproduces"] == "f" * 32


def test_without_sources_the_installed_package_runs(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert "PYTHONPATH" not in environment(Workspace(tmp_path, tmp_path, {}, None), tmp_path)
