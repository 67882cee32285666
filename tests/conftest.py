"""What every test stands on: a project root of its own, no MLflow of the person who runs it, one thread."""

import importlib.util
import os

import pytest

os.environ.update(OMP_NUM_THREADS="1", MPLBACKEND="Agg", MLFLOW_DISABLE_TELEMETRY="true", GIT_PYTHON_REFRESH="quiet")


@pytest.fixture(scope="session", autouse=True)
def _no_tracking_of_ones_own():
    ones_own = ("MLFLOW_TRACKING", "MLFLOW_EXPERIMENT", "MLFLOW_RUN")
    for name in [name for name in os.environ if name.startswith(ones_own)]:
        del os.environ[name]
    for name in ("DVC_ROOT", "TRAINYARD_ROOT", "HYDRA_FULL_ERROR"):
        os.environ.pop(name, None)


@pytest.fixture(autouse=True)
def _own_root(tmp_path_factory, monkeypatch):
    """Nothing that a test does lands in the checkout."""
    if "TRAINYARD_ROOT" not in os.environ:
        monkeypatch.setenv("TRAINYARD_ROOT", str(tmp_path_factory.mktemp("root")))


def pytest_collection_modifyitems(items):
    for_gpu = [item for item in items if item.get_closest_marker("gpu")]
    if not for_gpu or _has_gpu():
        return
    for item in for_gpu:
        item.add_marker(pytest.mark.skip(reason="torch finds no CUDA GPU here"))


def _has_gpu():
    if importlib.util.find_spec("torch") is None:
        return False
    import torch

    return torch.cuda.is_available()
