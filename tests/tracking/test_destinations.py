"""Where each run goes: to the MLflow that it was tracked with, unless another one is named."""

import pytest

from tests.tracking.runs import create
from trainyard.tracking import pending
from trainyard.tracking.destinations import Destinations, Wish, destination, destinations
from trainyard.tracking.journal import JournalError
from trainyard.tracking.lock import FileLock
from trainyard.tracking.progress import MIRROR_LOCK, Progress, write_progress
from trainyard.tracking.target import target

SERVER, OTHER = "http://server:5000", "http://other:5000"


@pytest.fixture
def local(tmp_path):
    return target(f"sqlite:///{tmp_path}/mlflow.db", tmp_path)


@pytest.fixture
def folders(tmp_path, local):
    """Runs of every kind, by name: with a server complete, with it not reached, local complete, off, unknown."""
    names = ("complete", "away", "local", "off", "unknown", "moved")
    folders = {name: tmp_path / "runs" / "e" / name for name in names}
    for name, folder in folders.items():
        create(folder, name=name).end("FINISHED")
        size = (folder / "journal.jsonl").stat().st_size
        whole = Progress("id", offset=size, number=2, complete=True)
        if name == "complete":
            write_progress(folder, SERVER, whole)
        elif name == "away":
            write_progress(folder, OTHER, Progress(problem="no answer"))
            pending.mark(tmp_path, folder, OTHER)
        elif name == "local":
            write_progress(folder, SERVER, Progress(problem="a mistyped address"))
            write_progress(folder, local.name, whole)
        elif name == "unknown":
            FileLock(folder / MIRROR_LOCK).acquire()
        elif name == "moved":
            write_progress(folder, "sqlite:////gone/mlflow.db", whole)
    return folders


def names(found: Destinations) -> dict[str, list[str]]:
    return {goal.name: [folder.name for folder in folders] for goal, folders in found.folders.items()}


def test_each_goes_to_its_own_and_the_untracked_stay(tmp_path, folders, local):
    found = destinations(tmp_path, Wish(local))
    assert names(found) == {OTHER: ["away"], local.name: ["local", "moved", "unknown"]}
    assert (found.complete, found.untracked) == (1, 1)


def test_the_untracked_go_along_when_asked(tmp_path, folders, local):
    found = destinations(tmp_path, Wish(local, untracked=True))
    assert names(found) == {OTHER: ["away"], local.name: ["local", "moved", "off", "unknown"]}
    assert found.untracked == 0


def test_another_gets_what_is_incomplete_elsewhere(tmp_path, folders, local):
    goal = target("http://new:5000", tmp_path)
    found = destinations(tmp_path, Wish(goal, named=True))
    assert names(found) == {goal.name: ["away", "moved", "unknown"]}
    assert (found.complete, found.untracked) == (2, 1)


def test_one_that_runs_are_moved_to_gets_all(tmp_path, folders, local):
    goal = target("http://new:5000", tmp_path)
    assert names(destinations(tmp_path, Wish(goal, named=True, moves=True))) == {
        goal.name: ["away", "complete", "local", "moved", "unknown"]
    }


def test_one_run_goes_to_its_own_or_where_it_is_sent(tmp_path, folders, local):
    def goals(name, wish):
        return names(destination(folders[name], tmp_path, wish))

    assert goals("complete", Wish(local)) == {SERVER: ["complete"]}
    assert goals("off", Wish(local)) == {local.name: ["off"]}
    assert goals("complete", Wish(local, named=True)) == {local.name: ["complete"]}
    with pytest.raises(JournalError, match="There is no run in"):
        destination(tmp_path, tmp_path, Wish(local))


def test_a_run_outside_of_the_project_is_found_by_its_note(tmp_path, tmp_path_factory, local):
    outside = tmp_path_factory.mktemp("outside") / "o"
    pending.mark(tmp_path, outside, SERVER)
    assert names(destinations(tmp_path, Wish(local))) == {}
    create(outside, name="o").close()
    assert names(destinations(tmp_path, Wish(local))) == {SERVER: ["o"]}
