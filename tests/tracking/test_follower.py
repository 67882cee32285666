"""A sweep with its members in MLflow, by one follower."""

import pytest

from tests.tracking.runs import create, in_mlflow, whole_run
from trainyard.tracking.delivery import Delivery
from trainyard.tracking.follower import Follower
from trainyard.tracking.journal import Journal
from trainyard.tracking.progress import delivered
from trainyard.tracking.store import Store

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas


def runs_by_name(store: Store) -> dict[str, dict]:
    return {run["name"]: run for run in in_mlflow(store)}


def test_sweep_shows_its_members_under_it(store, root, files):
    folder = root / "runs" / "s"
    sweep = create(folder, kind="sweep", name="sweep")
    follower = Follower(folder, store, files)
    assert not follower.step()
    for name in ("m0", "m1"):
        member = create(folder / name, name=name, parent=sweep.id)
        member.metrics({"val/loss": 0.5}, 1)
        follower._next_scan = 0.0
        assert not follower.step()
        assert runs_by_name(store)[name]["status"] == "RUNNING"
        member.end("FINISHED")
        assert not follower.step()
        assert runs_by_name(store)[name]["status"] == "FINISHED"
        assert delivered(folder / name, store.target.name)
    assert not delivered(folder, store.target.name)
    sweep.metrics({"best/val/loss": 0.5}, 1)
    sweep.end("FINISHED")
    assert follower.step()
    assert follower.ended
    assert delivered(folder, store.target.name)
    runs = runs_by_name(store)
    assert set(runs) == {"sweep", "m0", "m1"}
    assert [runs[name]["tags"].get("mlflow.parentRunId") for name in ("sweep", "m0", "m1")] == [None, "sweep", "sweep"]
    assert runs["m1"]["tags"]["trainyard.sweep_id"] == sweep.id
    assert runs["sweep"]["rows"]["best/val/loss"][0][0] == 1


def test_sweep_is_whole_when_its_last_member_is(store, root, files):
    folder = root / "s"
    sweep = create(folder, kind="sweep", name="sweep")
    member = create(folder / "m", name="m", parent=sweep.id)  # in a process of its own, as some launchers do
    sweep.close()
    follower = Follower(folder, store, files)
    assert not follower.step()
    assert runs_by_name(store)["sweep"]["status"] == "KILLED"
    assert not delivered(folder, store.target.name)
    member.end("FINISHED")
    assert follower.step()
    assert delivered(folder, store.target.name)
    assert runs_by_name(store)["m"]["status"] == "FINISHED"


def test_sweep_is_replayed_without_doubling(store, root, files):
    folder = root / "s"
    sweep = create(folder, kind="sweep", name="sweep")
    whole_run(folder / "m", name="m", parent=sweep.id).end("FAILED", "x")
    sweep.end("FINISHED")
    assert Follower(folder, store, files).step()
    once = runs_by_name(store)
    for path in folder.rglob("mlflow*.json"):
        path.unlink()
    again = Follower(folder, Store(store.target), files)
    assert again.step()
    assert again.written > 10
    assert runs_by_name(store) == once
    third = Follower(folder, Store(store.target), files)
    assert third.step()
    assert third.written == 0


def test_resumed_member_belongs_to_its_sweep_still(store, root, files):
    folder = root / "s"
    sweep = create(folder, kind="sweep", name="sweep")
    create(folder / "m", name="m", parent=sweep.id).close()
    sweep.end("FINISHED")
    assert Follower(folder, store, files).step()
    member = Journal.reopen(folder / "m", sync=False)
    member.end("FINISHED")
    delivery = Delivery(folder / "m", Store(store.target), files)
    delivery.step()
    delivery.finish()
    run = runs_by_name(store)["m"]
    assert run["status"] == "FINISHED"
    assert run["tags"]["mlflow.parentRunId"] == "sweep"


def test_release_leaves_a_word_and_the_lock(store, root, files):
    sweep = create(root / "s", kind="sweep")
    follower = Follower(root / "s", store, files)
    follower.step()
    follower.release("MLflow is away")
    other = Follower(root / "s", store, files)
    assert not other.step()
    assert not other.busy
    other.release()
    sweep.end("FINISHED")
