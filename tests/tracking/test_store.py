"""The connection to MLflow: one set of tables, one experiment, files at the root."""

import pytest

from trainyard.tracking.store import RUN_ID, Store, StoreError
from trainyard.tracking.target import target


def test_experiment_is_made_once_and_keeps_its_files_at_the_root(store, root, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    first = store.experiment("a/b c")
    assert Store(store.target).experiment("a/b c") == first
    location = store.client.get_experiment(first).artifact_location
    assert location.startswith(f"file://{root}/mlartifacts/")


def test_another_process_that_makes_the_experiment_first_is_no_fault(store, monkeypatch):
    other = Store(store.target)
    real = store.client.create_experiment

    def slow(name, **options):
        other.experiment(name)
        return real(name, **options)

    monkeypatch.setattr(store.client, "create_experiment", slow)
    assert store.experiment("race") == other.experiment("race")


def test_run_is_found_by_the_journals_id_even_if_deleted(store):
    experiment = store.experiment("e")
    assert store.find_run("abc", experiment) is None
    assert store.mlflow_id("abc", experiment) is None
    run = store.client.create_run(experiment, tags={RUN_ID: "abc"})
    store.client.delete_run(run.info.run_id)
    assert store.find_run("abc", experiment).info.run_id == run.info.run_id
    assert store.mlflow_id("abc", experiment) == run.info.run_id


def test_experiment_of_a_server_cannot_be_written_directly(store):
    store.client.create_experiment("served", artifact_location="mlflow-artifacts:/1")
    with pytest.raises(StoreError) as error:
        store.experiment("served")
    assert str(error.value) == (
        'The experiment "served" was made by an MLflow server, and only that server can take its files; this run opens '
        f"{store.target.uri} directly. Use tracking=server with tracking.uri=http://host:port, or give another "
        "experiment_name."
    )


def test_experiment_of_a_folder_elsewhere_cannot_be_written_by_a_server(store, root):
    experiment = store.client.get_experiment(store.experiment("direct"))
    Store(target("http://127.0.0.1:1", root))._check(experiment)  # the folder is one of this machine
    with pytest.raises(StoreError, match="a folder of the machine that made it without a server"):
        Store(target("http://far.example", root))._check(experiment)


def test_deleted_experiment_is_told(store):
    store.client.delete_experiment(store.experiment("gone"))
    with pytest.raises(StoreError, match=r"is deleted in MLflow\. Restore it with `mlflow experiments restore -x"):
        Store(store.target).experiment("gone")
