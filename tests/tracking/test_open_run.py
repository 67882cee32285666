import pytest

from tests.tracking.runs import create
from trainyard.config.schema.run import Tracking
from trainyard.errors import ConfigError
from trainyard.tracking import open_run as module
from trainyard.tracking.open_run import open_run


def never():
    raise AssertionError("MLflow is asked for what is here")


class Remote:
    def download(self, folder):
        (folder / "config.yaml").write_text("a: 1\n")
        (folder / "mlflow-model" / "artifacts" / "model").mkdir(parents=True)
        (folder / "mlflow-model" / "artifacts" / "model" / "weights.safetensors").touch()


def test_a_run_that_is_here_is_its_folder(tmp_path):
    folder = tmp_path / "runs" / "e" / "2026-01-01_10-00-00-aaaaaa"
    create(folder).end("FINISHED")
    with open_run("aaaaaa", tmp_path, never) as run:
        assert (run.folder, run.remote) == (folder, None)


def test_a_run_that_only_mlflow_has_is_laid_out_like_one_that_is_here(tmp_path, monkeypatch):
    remote = Remote()
    monkeypatch.setattr(module, "find_remote", lambda *_: remote)
    with open_run("elsewhere", tmp_path) as run:
        assert run.remote is remote
        assert (run.folder / "model" / "weights.safetensors").exists()
        folder = run.folder
    assert not folder.exists()


@pytest.mark.parametrize("name", ["latest", "nothere"])
def test_a_run_that_nobody_knows_is_told(tmp_path, name):
    with (
        pytest.raises(ConfigError, match=rf"original={name}: no .*MLflow has none either"),
        open_run(name, tmp_path, lambda: Tracking(name="off"), "original"),
    ):
        pytest.fail("opened")
