"""One journal in MLflow: everything, once, whatever stops on the way."""

import json
import shutil
from pathlib import Path

import pytest

from tests.tracking.runs import create, in_mlflow, whole_run
from trainyard.tracking.delivery import PROBLEM, Delivery
from trainyard.tracking.journal import Journal
from trainyard.tracking.lock import FileLock
from trainyard.tracking.progress import MIRROR_LOCK, PROGRESS, Progress, delivered, read_progress, write_progress
from trainyard.tracking.reading import read_journal
from trainyard.tracking.store import Store, StoreError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas


def deliver(folder: Path, store: Store, files) -> Delivery:
    """What the mirror does with a journal that has ended."""
    delivery = Delivery(folder, store, files)
    for _ in range(50):
        delivery.step()
        if delivery.ended:
            delivery.finish()
            return delivery
    raise AssertionError("did not come to an end")


def test_everything_of_a_run_is_in_mlflow(store, root, files):
    folder = root / "runs" / "e" / "a"
    whole_run(folder).end("FINISHED")
    deliver(folder, store, files)
    (run,) = in_mlflow(store)
    records = read_journal(folder)
    time = {record["n"]: round(record["time"] * 1000) for record in records}
    assert run["name"] == "first"
    assert run["status"] == "FINISHED"
    assert (run["start"], run["end"]) == (time[0], time[len(records) - 1])
    assert run["params"] == {"optimizer.lr": "0.1", "seed": "0"}
    assert run["tags"] == {"task": "classification", "mlflow.user": "ann", "mlflow.note.content": "why"}
    assert run["files"] == ["config.yaml", "plots/roc.png"]
    epochs = [record for record in records if record["type"] == "metrics" and "train/loss" in record["values"]]
    expected = [(r["step"], round(r["time"] * 1000), repr(r["values"]["train/loss"])) for r in epochs]
    assert run["rows"]["train/loss"] == expected
    assert [row[2] for row in run["rows"]["val/loss"]] == ["nan"] * 3
    assert run["datasets"] == [("digits", "0" * 32)]
    assert run["models"] == [("model", "READY", run["params"])]
    assert run["model_metrics"] == [[("test/accuracy", 3, 0.5)]]


def test_dataset_is_found_by_its_digest(store, root, files):
    whole_run(root / "a").end("FINISHED")
    deliver(root / "a", store, files)
    found = store.client.search_runs([store.experiment("e")], f"dataset.digest = '{'0' * 32}'")
    assert [run.info.run_name for run in found] == ["first"]
    (used,) = found[0].inputs.dataset_inputs
    assert json.loads(used.dataset.source) == {"uri": "sklearn"}
    assert [(tag.key, tag.value) for tag in used.tags] == [("mlflow.data.context", "training")]


def test_folder_and_run_name_each_other_without_a_password(store, root, files):
    whole_run(root / "a").end("FINISHED")
    deliver(root / "a", store, files)
    link = json.loads((root / "a" / "mlflow.json").read_text())
    run = store.client.get_run(link["run_id"])
    assert run.data.tags["trainyard.run_id"] == read_journal(root / "a")[0]["id"]
    assert link["experiment_id"] == run.info.experiment_id
    assert link["tracking_uri"] == store.target.name
    assert link["model_uri"] == f"models:/{run.outputs.model_outputs[0].model_id}"


@pytest.mark.parametrize("lost", ["nothing", "progress", "progress and link", "half of the progress"])
def test_replay_writes_nothing_twice(store, root, files, lost):
    folder = root / "a"
    whole_run(folder).end("FINISHED")
    deliver(folder, store, files)
    once = in_mlflow(store)
    progress = read_progress(folder, store.target.name)
    if lost == "half of the progress":
        write_progress(folder, store.target.name, Progress(progress.run_id, 0, 0))
    if lost.startswith("progress"):
        (folder / PROGRESS).unlink()
    if lost.endswith("link"):
        (folder / "mlflow.json").unlink()
    for _ in range(2):
        deliver(folder, Store(store.target), files)
    assert in_mlflow(store) == once
    assert read_progress(folder, store.target.name) == progress


def test_replay_from_another_machines_copy_writes_nothing_twice(store, root, files, tmp_path_factory):
    whole_run(root / "a").end("FINISHED")
    deliver(root / "a", store, files)
    once = in_mlflow(store)
    copy = tmp_path_factory.mktemp("elsewhere") / "a"
    shutil.copytree(root / "a", copy, ignore=shutil.ignore_patterns(".tracking", "mlflow.json"))
    journal = (copy / "journal.jsonl").read_text()
    host = json.loads(journal.splitlines()[0])["host"]
    (copy / "journal.jsonl").write_text(journal.replace(f'"{host}"', '"elsewhere"'))
    deliver(copy, store, files)
    assert in_mlflow(store) == once


def test_a_database_made_anew_gets_everything_again(store, root, files, empty_database):
    whole_run(root / "a").end("FINISHED")
    deliver(root / "a", store, files)
    once = in_mlflow(store)
    shutil.copy(empty_database, root / "mlflow.db")
    again = Store(store.target)
    deliver(root / "a", again, files)
    assert in_mlflow(again) == once


CALLS = (
    "create_run", "search_runs", "log_batch", "log_inputs", "log_artifact", "create_logged_model",
    "search_logged_models", "log_model_artifacts", "finalize_logged_model", "log_outputs", "set_terminated",
    "get_metric_history", "update_run",
)  # fmt: skip


class Faulty:
    """A client whose `number`-th call fails, before MLflow did it or after, when only the answer is lost."""

    def __init__(self, client, number: int, moment: str):
        self._client, self._left, self._moment = client, number, moment

    def __getattr__(self, name):
        real = getattr(self._client, name)
        if name not in CALLS:
            return real

        def call(*args, **options):
            self._left -= 1
            if self._left == 0 and self._moment == "before":
                raise ConnectionError("down")
            answer = real(*args, **options)
            if self._left == 0 and self._moment == "after":
                raise ConnectionError("the answer was lost")
            return answer

        return call


@pytest.mark.parametrize("moment", [pytest.param("before", marks=pytest.mark.slow), "after"])
def test_a_fault_at_any_call_loses_and_doubles_nothing(store, root, files, moment, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "a"
    journal = whole_run(folder)
    journal.end("KILLED", "stopped")
    again = Journal.reopen(folder, sync=False)
    again.metrics({"train/loss": 0.25}, 4)
    again.end("FINISHED")
    deliver(folder, store, files)
    (expected,) = in_mlflow(store)
    client = store.client
    number, finished = 0, False
    while not finished:
        number += 1
        experiment = f"fault {number}"
        other = folder.with_name(experiment)
        shutil.copytree(folder, other, ignore=shutil.ignore_patterns(".tracking", "mlflow.json"))
        text = (other / "journal.jsonl").read_text()
        (other / "journal.jsonl").write_text(text.replace('"experiment":"e"', f'"experiment":"{experiment}"'))
        store._client = Faulty(client, number, moment)
        first = Delivery(other, store, files)
        try:
            first.step()
            finished = True
        except ConnectionError:
            if number % 2:  # either the same process tries again, or another one finds what was left
                first.step()
        first.release()
        store._client = client
        deliver(other, store, files)
        assert in_mlflow(store, experiment) == [expected], f"call {number}, {moment}"
    assert number > 15


def test_resumed_run_runs_again_and_keeps_its_params(store, root, files):
    folder = root / "a"
    whole_run(folder).end("KILLED", "stopped by Ctrl-C")
    deliver(folder, store, files)
    assert in_mlflow(store)[0]["status"] == "KILLED"
    journal = Journal.reopen(folder, sync=False)
    journal.params({"seed": 0, "training.max_epochs": 40, "optimizer.lr": 0.2})
    delivery = Delivery(folder, store, files)
    delivery.step()
    assert in_mlflow(store)[0]["status"] == "RUNNING"
    journal.metrics({"train/loss": 0.1}, 4)
    journal.end("FINISHED")
    delivery.step()
    assert delivery.ended
    delivery.finish()
    (run,) = in_mlflow(store)
    assert run["status"] == "FINISHED"
    assert run["params"] == {"optimizer.lr": "0.1", "seed": "0", "training.max_epochs": "40"}
    assert run["tags"]["resumed.optimizer.lr"] == "0.2"
    assert [row[0] for row in run["rows"]["train/loss"]] == [1, 2, 3, 4]


def test_what_comes_after_the_end_is_appended(store, root, files):
    folder = root / "a"
    whole_run(folder).end("FINISHED")
    deliver(folder, store, files)
    assert delivered(folder, store.target.name)
    journal = Journal.extend(folder, sync=False)
    journal.metrics({"evaluate/accuracy": 0.25}, 3)
    journal.close()
    assert not delivered(folder, store.target.name)
    deliver(folder, store, files)
    (run,) = in_mlflow(store)
    assert run["status"] == "FINISHED"
    assert len(run["rows"]["evaluate/accuracy"]) == 1
    assert delivered(folder, store.target.name)


def test_failed_run_tells_why(store, root, files):
    create(root / "a", name="a").end("FAILED", "ValueError: no")
    journal = create(root / "b", name="b")
    journal.note("mine")
    journal.end("FAILED", "x" * 9000)
    for name in "ab":
        deliver(root / name, store, files)
    first, second = sorted(in_mlflow(store), key=lambda run: run["name"])
    assert first["status"] == "FAILED"
    assert first["tags"] == {"trainyard.error": "ValueError: no", "mlflow.note.content": "FAILED: ValueError: no"}
    assert second["tags"]["mlflow.note.content"] == "mine"
    assert len(second["tags"]["trainyard.error"]) == 8000


def test_killed_run_ended_when_it_last_spoke(store, root, files):
    journal = whole_run(root / "a")
    journal.close()
    deliver(root / "a", store, files)
    (run,) = in_mlflow(store)
    assert run["status"] == "KILLED"
    assert run["end"] == round(read_journal(root / "a")[-1]["time"] * 1000)


def test_running_run_is_followed_and_not_ended(store, root, files):
    journal = whole_run(root / "a")
    delivery = Delivery(root / "a", store, files, pace=60.0)
    delivery.step()
    assert in_mlflow(store)[0]["status"] == "RUNNING"
    journal.metrics({"train/loss": 0.1}, 4)
    delivery.step()  # metrics of a run that goes on are gathered for a while
    assert len(in_mlflow(store)[0]["rows"]["train/loss"]) == 3
    assert not delivery.ended
    journal.end("FINISHED")
    delivery.step()
    assert len(in_mlflow(store)[0]["rows"]["train/loss"]) == 4
    assert delivery.ended
    delivery.finish()


def test_there_is_one_consumer(store, root, files):
    whole_run(root / "a").end("FINISHED")
    other = FileLock(root / "a" / MIRROR_LOCK)
    other.acquire()
    delivery = Delivery(root / "a", store, files)
    delivery.step()
    assert delivery.busy
    assert not delivery.ended
    assert in_mlflow(store) == []
    other.release()
    deliver(root / "a", store, files)
    other.acquire()
    delivery.step()
    assert delivery.ended  # the other one wrote it all
    other.release()


def test_a_folder_without_a_run_is_waited_for(store, root, files):
    delivery = Delivery(root / "a", store, files)
    delivery.step()
    assert not delivery.ended
    assert not (root / "a").exists()


def test_what_mlflow_refuses_is_left_out_with_a_word(store, root, files, capsys):
    folder = root / "a"
    journal = whole_run(folder)
    (folder / "gone.txt").write_text("x")
    journal.artifact(folder / "gone.txt")
    (folder / "gone.txt").unlink()
    journal.metrics({"train/loss": 0.1}, 4)
    journal.end("FINISHED")
    delivery = deliver(folder, store, files)
    (run,) = in_mlflow(store)
    assert run["status"] == "FINISHED"
    assert len(run["rows"]["train/loss"]) == 4
    assert "gone.txt" in run["tags"][PROBLEM]
    assert "gone.txt" in delivery.progress.problem
    assert "gone.txt" in capsys.readouterr().out


def test_run_deleted_in_mlflow_stays_deleted(store, root, files):
    whole_run(root / "a").end("FINISHED")
    deliver(root / "a", store, files)
    run_id = json.loads((root / "a" / "mlflow.json").read_text())["run_id"]
    store.client.delete_run(run_id)
    (root / "a" / PROGRESS).unlink()
    delivery = deliver(root / "a", store, files)
    assert in_mlflow(store) == []
    assert "deleted in MLflow" in delivery.progress.problem


def test_an_experiment_that_mlflow_does_not_take_is_told(store, root, files):
    create(root / "a", experiment="x" * 600).end("FINISHED")
    delivery = Delivery(root / "a", store, files)
    with pytest.raises(StoreError, match="exceeds the maximum length"):
        delivery.step()
    delivery.release()
