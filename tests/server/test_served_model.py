"""The model that is served, from wherever it comes."""

import os

import pytest

from tests.inference.packages import make_package
from tests.tracking.conftest import empty_database, local, root, store  # noqa: F401  # fixtures
from tests.tracking.runs import create
from trainyard.config.schema.model import Custom
from trainyard.config.schema.run import Tracking
from trainyard.inference import PackageError
from trainyard.server.served_model import TRUSTED, open_served
from trainyard.tracking.logged_model import ModelFiles, log_model
from trainyard.tracking.reading import read_journal
from trainyard.tracking.store import RUN_ID

OFF, LOCAL = Tracking(name="off"), Tracking(name="local")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))


@pytest.fixture
def run(root):  # noqa: F811
    """The folder of a run with its packaged model."""
    folder = root / "runs" / "e" / "2026-01-01_10-00-00-aaaaaa"
    journal = create(folder)
    make_package(folder / "model")
    journal.model(folder / "model")
    journal.end("FINISHED")
    return folder


def log(run, store, md5):  # noqa: F811
    """Have MLflow a run with a model of this digest."""
    from mlflow.entities import LoggedModelOutput

    files, client = ModelFiles(), store.client
    experiment = client.create_experiment("e")
    made = client.create_run(experiment, run_name="e-1", tags={RUN_ID: str(read_journal(run)[0]["id"])})
    model = log_model(client, files, experiment, made.info.run_id, run / "model", md5, {})
    files.close()
    client.log_outputs(made.info.run_id, [LoggedModelOutput(model, 0)])


def test_a_run_that_is_tracked_nowhere_is_served_from_its_package(run, root):  # noqa: F811
    with open_served("aaaaaa", root, lambda: OFF) as served:
        assert served.origin == "the package of 2026-01-01_10-00-00-aaaaaa"
        assert served.pyfunc.predict(served.pyfunc.input_example).columns[0] == "prediction"
        assert served.model.classes == ("big", "small")
        folder = served.folder
    assert not folder.exists()


def test_what_mlflow_has_of_the_run_is_served(run, root, store):  # noqa: F811
    log(run, store, next(record["md5"] for record in read_journal(run) if record["type"] == "model"))
    with open_served("aaaaaa", root, lambda: LOCAL) as served:
        assert served.origin == "MLflow, logged by 2026-01-01_10-00-00-aaaaaa"
        assert (served.folder / "mlflow-model" / "MLmodel").is_file()


def test_a_run_that_went_on_since_mlflow_had_its_model_is_served_from_its_package(run, root, store):  # noqa: F811
    log(run, store, "of another model")
    with open_served("aaaaaa", root, lambda: LOCAL) as served:
        assert served.origin == "the package of 2026-01-01_10-00-00-aaaaaa"


def test_an_mlflow_that_is_away_is_told(run, root, monkeypatch):  # noqa: F811
    def away(*_):
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr("trainyard.server.served_model.find_remote", away)
    with open_served("aaaaaa", root, lambda: LOCAL) as served:
        assert served.origin.endswith("-aaaaaa; MLflow does not answer: Connection refused")


def test_code_of_ones_own_is_run_where_it_is_trusted(tmp_path):
    make_package(tmp_path / "model", config=Custom(_target_="tests.networks.own.Fitted"), trusted=["tests"])
    name = str(tmp_path / "model")
    with pytest.raises(PackageError, match="code of one's own"), open_served(name, tmp_path, lambda: OFF):
        pytest.fail("served")
    with open_served(name, tmp_path, lambda: OFF, ["tests"]) as served:
        assert type(served.model.network).__name__ == "Fitted"
        assert served.origin == f"the package in {name}"
    assert os.environ[TRUSTED] == "tests"
