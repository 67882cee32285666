"""Models by a name that people agree on."""

import os

import pytest

from tests.tracking.runs import whole_run
from tests.tracking.test_delivery import deliver
from trainyard.config.schema.run import Tracking
from trainyard.errors import ConfigError
from trainyard.tracking.open_run import open_run
from trainyard.tracking.registry import check_names, find_registered, register_model
from trainyard.tracking.remote_record import RemoteRecord

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas


@pytest.fixture
def registered(store, root, files, monkeypatch):
    """Return the folder of a run whose model is registered as fish, as champion, and what MLflow has of it."""
    monkeypatch.setattr(os, "environ", {**os.environ})
    folder = root / "runs" / "e" / "2026-01-01_10-00-00-aaaaaa"
    whole_run(folder).end("FINISHED")
    deliver(folder, store, files)
    (run,) = store.client.search_runs([store.experiment("e")])
    record = RemoteRecord(store.client, run, store.target.uri)
    assert register_model(record, record.newest_model, "fish", "champion") == "1"
    return folder, record


def test_a_model_is_found_by_its_alias_and_by_its_version(registered, root):
    for uri in ("models:/fish@champion", "models:/fish/1"):
        found = find_registered(uri, root, Tracking())
        assert (found.mlflow_id, found.model) == (registered[1].mlflow_id, registered[1].newest_model)


def test_a_model_is_registered_once_and_its_alias_moves(registered, store):
    _, record = registered
    assert register_model(record, record.newest_model, "fish", "newest") == "1"
    assert {name: str(version) for name, version in store.client.get_registered_model("fish").aliases.items()} == {
        "champion": "1", "newest": "1",
    }  # fmt: skip
    assert register_model(record, record.newest_model, "trout", None) == "1"


@pytest.mark.parametrize("alias", ["champion", "v", "v1a", "V-1", "Latest-2", "a" * 255, None])
@pytest.mark.parametrize("name", ["fish", "big fish", "fisch.2", ".hidden", "größe"])
def test_names_that_mlflow_takes(name, alias):
    check_names(name, alias)


@pytest.mark.parametrize("alias", ["v1", "V12", "latest", "LATEST", "a/b", "a b", "", "a" * 256])
def test_an_alias_that_cannot_be_is_told_before_anything_is_made(registered, store, alias):
    _, record = registered
    with pytest.raises(ConfigError, match=r"alias=.*: cannot be an alias"):
        register_model(record, record.newest_model, "new", alias)
    assert [model.name for model in store.client.search_registered_models()] == ["fish"]


@pytest.mark.parametrize("name", ["a/b", "a:b", "a@b", "it's", ".", "..", "..a", " "])
def test_a_name_that_cannot_be_is_told(name):
    with pytest.raises(ConfigError, match=r"name=.*: a model cannot be called that"):
        check_names(name, None)


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("models:/fish", "run=models:/fish: write models:/<name>@<alias>, or models:/<name>/<version>"),
        ("models:/fsh@champion", "MLflow has no registered model fsh; did you mean fish?"),
        ("models:/fish@campion", "fish has no alias campion; did you mean champion?"),
        ("models:/fish/7", "fish has no version 7"),
    ],
)
def test_a_name_that_nobody_has_is_told(registered, root, uri, words):
    with pytest.raises(ConfigError) as refused:
        find_registered(uri, root, Tracking())
    assert words in str(refused.value)


def test_a_model_of_others_and_no_mlflow_at_all_are_told(store, root, monkeypatch, tmp_path_factory):
    monkeypatch.setattr(os, "environ", {**os.environ})
    store.client.create_registered_model("others")
    store.client.create_model_version("others", "file:///nowhere")
    with pytest.raises(ConfigError, match=r"run=models:/others/1: is no model of Trainyard's"):
        find_registered("models:/others/1", root, Tracking())
    with pytest.raises(ConfigError, match="there is no MLflow here that could have it"):
        find_registered("models:/others/1", tmp_path_factory.mktemp("empty"), Tracking())


def test_the_run_of_a_registered_model_is_its_own_folder_as_long_as_it_holds_that_model(registered, root):
    folder, _ = registered
    with open_run("models:/fish@champion", root) as run:
        assert (run.folder, run.remote) == (folder, None)
    (folder / "journal.jsonl").unlink()
    with open_run("models:/fish@champion", root) as run:
        assert run.folder != folder
        assert (run.folder / "model" / "weights.safetensors").read_bytes() == b"12345"
        assert (run.folder / "config.yaml").read_text() == "a: 1\n"
