"""MLflow as the tests use it: imported once, on a database whose tables were made once."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainyard.tracking.logged_model import ModelFiles
from trainyard.tracking.store import Store
from trainyard.tracking.target import Target, target

SERVING = """
from pathlib import Path

import mlflow
import pandas
from mlflow.pyfunc import PythonModel


class Served(PythonModel):
    def load_context(self, context):
        self.size = (Path(context.artifacts["model"]) / "weights.safetensors").stat().st_size

    def predict(self, context, model_input: pandas.DataFrame, params=None):
        return [self.size] * len(model_input)


mlflow.models.set_model(Served())
"""
VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "RANK", "LOCAL_RANK", "SLURM_PROCID", "NODE_RANK")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("MLFLOW_LOGGING_LEVEL", "WARNING")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory) -> Path:
    """An MLflow database with all tables and nothing in it; to be copied."""
    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what MLflow and its packages say of each other on import
        store = Store(target(f"sqlite:///{file}", file.parent))
        store.warm_up()
        store.connect()
    return file


@pytest.fixture
def root(tmp_path, empty_database) -> Path:
    """A project root with an empty MLflow database."""
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    return tmp_path


@pytest.fixture
def local(root) -> Target:
    """The database at the root."""
    return target(f"sqlite:///{root}/mlflow.db", root)


@pytest.fixture
def store(local) -> Store:
    """A connection to the database at the root."""
    return Store(local)


@pytest.fixture(scope="session")
def small_package(tmp_path_factory) -> Path:
    """A package in the place of Trainyard's, small to copy, whose model answers with the length of its weights."""
    folder = tmp_path_factory.mktemp("package") / "trainyard"
    (folder / "inference").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "inference" / "__init__.py").touch()
    (folder / "inference" / "serving.py").write_text(SERVING)
    return folder


@pytest.fixture
def files(small_package) -> Iterator[ModelFiles]:
    """What models are packed with in tests that are not about the model."""
    files = ModelFiles(small_package)
    yield files
    files.close()
