import pytest

from trainyard.config.schema.run import Tracking
from trainyard.errors import ConfigError
from trainyard.reproduction.original import open_original
from trainyard.tracking import open_run


def test_a_run_is_taken_from_its_folder(made, tmp_path):
    files = made("2026-01-01_10-00-00-aaaaaa")
    with open_original("aaaaaa", tmp_path, Tracking(name="off")) as found:
        assert found.folder == files.folder
        assert (found.id, found.name) == (files.begin["id"], files.begin["name"])
        assert found.remote is None


def test_a_run_without_a_folder_comes_from_mlflow(made, tmp_path, monkeypatch):
    files = made("a")

    class Remote:
        trainyard_id, name = "f" * 32, "fish-1"

        def download(self, folder):
            for name in ("config.yaml", "lineage.json", "metrics.json"):
                (folder / name).write_bytes((files.folder / name).read_bytes())
            (folder / "mlflow-model" / "artifacts" / "model").mkdir(parents=True)
            (folder / "mlflow-model" / "artifacts" / "model" / "weights.safetensors").touch()
            (folder / "mlflow-model" / "artifacts" / "model" / "card.json").write_text('{"weights": {"md5": "m"}}')

    monkeypatch.setattr(open_run, "find_remote", lambda *_: Remote())
    with open_original("elsewhere", tmp_path, Tracking()) as found:
        assert (found.folder, found.id, found.name) == (None, "f" * 32, "fish-1")
        assert found.files.metrics == files.metrics
        assert found.files.model_md5 == "m"
        kept = found.files.folder
    assert not kept.exists()


def test_a_run_that_nobody_knows_is_told(tmp_path):
    with (
        pytest.raises(ConfigError, match=r"run=nothere: no such run in .*MLflow has none either"),
        open_original("nothere", tmp_path, Tracking(name="off")),
    ):
        pytest.fail("opened")
