import subprocess
import sys

import pytest

import trainyard
from tests.inference.packages import make_package
from tests.tracking.runs import create
from trainyard.errors import ConfigError
from trainyard.inference import PackageError


def test_a_model_is_found_by_its_folder_and_by_the_names_of_its_run(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path))
    folder = tmp_path / "runs" / "made" / "2026-01-01_10-00-00-aaaaaa"
    create(folder).end("FINISHED")
    make_package(folder / "model")
    (tmp_path / "runs" / "latest").symlink_to(folder)
    for name in (folder / "model", folder, str(folder), "latest", "aaaaaa"):
        assert trainyard.load(name).classes == ("big", "small")
    (folder / "model" / "card.json").unlink()
    with pytest.raises(PackageError, match="there is no packaged model here"):
        trainyard.load("latest")
    with pytest.raises(ConfigError, match="no such run"):
        trainyard.load("bbbbbb")


def test_the_package_gives_what_it_names_and_nothing_else():
    assert "load" in dir(trainyard)
    with pytest.raises(AttributeError, match="module 'trainyard' has no attribute 'lode'"):
        _ = trainyard.lode


def test_importing_trainyard_imports_next_to_nothing():
    code = "import sys; before = set(sys.modules); import trainyard; print(*sorted(set(sys.modules) - before))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert {name for name in printed.split() if name.startswith("trainyard")} == {"trainyard"}
    assert len(printed.split()) < 40
