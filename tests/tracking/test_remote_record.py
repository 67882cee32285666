"""A run fetched from MLflow."""

import os

import pytest

from tests.tracking.runs import whole_run
from tests.tracking.test_delivery import deliver
from trainyard.config.schema.run import Tracking
from trainyard.tracking.reading import first_record
from trainyard.tracking.remote_record import find_remote

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas


@pytest.fixture
def delivered(store, root, files, monkeypatch):
    monkeypatch.setattr(os, "environ", {**os.environ})
    folder = root / "runs" / "e" / "2026-01-01_10-00-00-aaaaaa"
    journal = whole_run(folder)
    journal.tags({"run_folder": str(folder)})
    journal.end("FINISHED")
    deliver(folder, store, files)
    return folder


def test_it_is_found_by_each_of_its_names_and_fetched(delivered, root, store, tmp_path_factory):
    begin = first_record(delivered)
    (run,) = store.client.search_runs([store.experiment("e")])
    for name in (run.info.run_id, begin["id"], begin["id"][:8], "aaaaaa"):
        found = find_remote(name, root, Tracking())
        assert (found.mlflow_id, found.trainyard_id, found.name) == (run.info.run_id, begin["id"], "first")
    into = tmp_path_factory.mktemp("into")
    found.download(into)
    assert (into / "config.yaml").read_text() == "a: 1\n"
    assert next(into.glob("mlflow-model/**/weights.safetensors")).read_bytes() == b"12345"
    assert "MLFLOW_TRACKING_URI" not in os.environ
    found.tag("reproduced", "yes")
    assert store.client.get_run(run.info.run_id).data.tags["reproduced"] == "yes"


def test_what_is_not_there_is_none(delivered, root, tmp_path_factory):
    assert find_remote("bbbbbb", root, Tracking()) is None
    assert find_remote("a", root, Tracking()) is None
    assert find_remote("aaaaaa", root, Tracking(name="off")) is None
    assert find_remote("aaaaaa", tmp_path_factory.mktemp("empty"), Tracking()) is None
