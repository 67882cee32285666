"""One run in MLflow, each thing looked up before it is made."""

import json

import pytest

from tests.tracking.runs import create, whole_run
from trainyard.tracking.entries import Batch
from trainyard.tracking.reading import first_record
from trainyard.tracking.remote_run import LINK, RemoteRun
from trainyard.tracking.store import RUN_ID, Store

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas


@pytest.fixture
def begin(root):
    create(root / "a", name="first").end("FINISHED")
    return first_record(root / "a")


def runs(store):
    return store.client.search_runs([store.experiment("e")])


def test_a_run_is_made_once_and_found_by_its_tag(store, begin, files):
    made = RemoteRun(store, begin, None, files)
    found = RemoteRun(Store(store.target), begin, None, files)
    assert (made.fresh, found.fresh) == (True, False)
    assert made.id == found.id
    assert [run.data.tags[RUN_ID] for run in runs(store)] == [begin["id"]]


@pytest.mark.parametrize("known", ["0" * 32, "another's"])
def test_a_known_id_that_is_not_the_runs_is_not_trusted(store, begin, files, known):
    made = RemoteRun(store, begin, None, files)
    if known == "another's":
        known = store.client.create_run(store.experiment("e"), tags={RUN_ID: "another"}).info.run_id
    assert RemoteRun(store, begin, known, files).id == made.id
    assert RemoteRun(store, begin, made.id, files).id == made.id


def test_a_member_names_its_sweep_and_lies_under_it_where_that_is_there(store, root, begin, files):
    create(root / "b", parent=begin["id"]).end("FINISHED")
    early = RemoteRun(store, first_record(root / "b"), None, files)
    parent = RemoteRun(store, begin, None, files)
    create(root / "c", parent=begin["id"]).end("FINISHED")
    late = RemoteRun(store, first_record(root / "c"), None, files)
    tags = {each: store.client.get_run(each.id).data.tags for each in (early, late)}
    assert all(tags[each]["trainyard.sweep_id"] == begin["id"] for each in (early, late))
    assert "mlflow.parentRunId" not in tags[early]
    assert tags[late]["mlflow.parentRunId"] == parent.id


def test_rows_that_mlflow_has_are_not_written_again(store, begin, files):
    batch = Batch(metrics=[("val/loss", 1.0, 1000, 1), ("val/loss", 0.5, 2000, 2)])
    RemoteRun(store, begin, None, files).write(batch)
    again = RemoteRun(store, begin, None, files)
    again.write(Batch(metrics=[*batch.metrics, ("val/loss", 0.25, 3000, 3)]))
    again.write(batch)
    history = store.client.get_metric_history(again.id, "val/loss")
    assert [(row.step, row.value) for row in history] == [(1, 1.0), (2, 0.5), (3, 0.25)]


def test_a_param_keeps_its_first_value_and_the_new_one_becomes_a_tag(store, begin, files):
    RemoteRun(store, begin, None, files).write(Batch(params={"optimizer.lr": "0.1"}))
    remote = RemoteRun(store, begin, None, files)
    remote.write(Batch(params={"optimizer.lr": "0.2", "seed": "0"}))
    data = store.client.get_run(remote.id).data
    assert data.params == {"optimizer.lr": "0.1", "seed": "0"}
    assert data.tags["resumed.optimizer.lr"] == "0.2"


def test_a_model_is_logged_once_and_the_link_names_it(store, root, files):
    whole_run(root / "m").end("FINISHED")
    begin = first_record(root / "m")
    record = {"path": "model", "md5": "0" * 32}
    first = RemoteRun(store, begin, None, files)
    first.model(root / "m", record)
    first.model(root / "m", record)
    RemoteRun(store, begin, first.id, files).model(root / "m", record)
    outputs = store.client.get_run(first.id).outputs.model_outputs
    assert len(outputs) == 1
    assert json.loads((root / "m" / LINK).read_text())["model_uri"] == f"models:/{outputs[0].model_id}"


def test_an_error_becomes_the_note_where_the_run_has_none(store, root, begin, files):
    remote = RemoteRun(store, begin, None, files)
    remote.end("FAILED", 5000, "the disk is full")
    run = store.client.get_run(remote.id)
    assert (run.info.status, run.info.end_time) == ("FAILED", 5000)
    assert run.data.tags["mlflow.note.content"] == "FAILED: the disk is full"
    create(root / "b").end("FINISHED")
    noted = RemoteRun(store, first_record(root / "b"), None, files)
    noted.write(Batch(tags={"mlflow.note.content": "why"}))
    noted.end("FAILED", 5000, "the disk is full")
    assert store.client.get_run(noted.id).data.tags["mlflow.note.content"] == "why"


def test_a_run_deleted_by_a_person_is_known_as_such(store, begin, files):
    store.client.delete_run(RemoteRun(store, begin, None, files).id)
    assert RemoteRun(store, begin, None, files).deleted
