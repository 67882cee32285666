"""The mirror as a process beside a training: neither can harm the other."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from textwrap import indent

import pytest

from tests.tracking.runs import create, in_mlflow
from trainyard.config.schema.run import Tracking
from trainyard.tracking import client, pending
from trainyard.tracking.client import start_mirror
from trainyard.tracking.lock import is_locked
from trainyard.tracking.progress import MIRROR_LOCK, read_progress
from trainyard.tracking.store import Store
from trainyard.tracking.sync import reconcile
from trainyard.tracking.target import target

TRAINING = """
import os, signal, sys, time
from pathlib import Path
from textwrap import indent
from trainyard.config.schema.run import Tracking
from trainyard.tracking.client import start_mirror
from trainyard.tracking.journal import Journal
root, name = Path(sys.argv[1]), sys.argv[2]
mirror = start_mirror(root / "runs" / name, Tracking(), root)
journal = Journal.create(root / "runs" / name, kind="run", experiment="e", name=name)
for step in range(20):
    journal.metrics({"train/loss": 0.1}, step)
print("ready", mirror._process.pid, flush=True)
"""


def wait_for(condition, seconds: float = 30.0):
    """What `condition` returns as soon as it is true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)
    return found


def ended(store: Store, name: str) -> dict | None:
    """The run of that name once it does not run any more."""
    found = [run for run in in_mlflow(store) if run["name"] == name and run["status"] != "RUNNING"]
    return found[0] if found else None


def test_training_that_is_killed_is_seen_and_its_caller_does_not_wait(store, root):
    start = time.monotonic()
    code = TRAINING + "os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run([sys.executable, "-c", code, str(root), "a"], capture_output=True, text=True, check=False)
    waited = time.monotonic() - start
    mirror = int(done.stdout.split()[1])
    assert done.returncode == -signal.SIGKILL
    os.kill(mirror, 0)  # it lives, and the end of the output was read all the same
    run = wait_for(lambda: ended(store, "a"))
    assert run["status"] == "KILLED"
    assert len(run["rows"]["train/loss"]) == 20
    assert waited < time.monotonic() - start
    wait_for(lambda: not pending.all_pending(root))


def test_ctrl_c_to_the_group_ends_the_training_only(store, root):
    code = "try:" + indent(TRAINING + "time.sleep(60)\n", "    ") + (
        "except KeyboardInterrupt:\n    journal.end('KILLED', 'stopped by Ctrl-C')\n    print(mirror.drain(30))\n"
    )
    training = subprocess.Popen(
        [sys.executable, "-c", code, str(root), "a"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert training.stdout.readline().startswith("ready")
    os.killpg(training.pid, signal.SIGINT)
    assert training.communicate(timeout=40)[0] == "True\n"
    run = ended(store, "a")
    assert run["status"] == "KILLED"
    assert run["tags"]["trainyard.error"] == "stopped by Ctrl-C"


def test_mirror_that_is_killed_is_started_again_and_doubles_nothing(store, root):
    folder = root / "runs" / "a"
    mirror = start_mirror(folder, Tracking(), root)
    journal = create(folder, name="a")
    journal.metrics({"train/loss": 0.5}, 1)
    wait_for(lambda: read_progress(folder, store.target.name).number == 2)
    mirror._process.kill()
    mirror._process.wait()
    journal.metrics({"train/loss": 0.25}, 2)
    journal.end("FINISHED")
    assert mirror.drain(30.0)
    (run,) = in_mlflow(store)
    assert run["status"] == "FINISHED"
    assert [row[0] for row in run["rows"]["train/loss"]] == [1, 2]
    wait_for(lambda: mirror._process.poll() == 0)


def test_both_killed_are_found_by_the_next_start(store, root):
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING + "time.sleep(60)", str(root), "a"], stdout=subprocess.PIPE, text=True
    )
    mirror = int(process.stdout.readline().split()[1])
    assert reconcile(root, Tracking()) == []  # both live
    os.kill(mirror, signal.SIGKILL)
    process.kill()
    process.communicate()
    wait_for(lambda: not is_locked(root / "runs" / "a" / MIRROR_LOCK))
    assert reconcile(root, Tracking()) == [root / "runs" / "a"]
    run = wait_for(lambda: ended(store, "a"))
    assert run["status"] == "KILLED"
    assert len(run["rows"]["train/loss"]) == 20
    wait_for(lambda: not pending.all_pending(root))
    assert reconcile(root, Tracking()) == []


@pytest.fixture
def nobody() -> int:
    """A port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def spoken(root: Path) -> str:
    """All that lies below the root, as text."""
    return "".join(file.read_text(errors="replace") for file in root.rglob("*") if file.is_file())


def test_server_that_is_down_costs_the_training_nothing(tmp_path, nobody, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "planted-token")
    folder = tmp_path / "runs" / "a"
    tracking = Tracking(name="server", uri=f"http://ann:planted-password@127.0.0.1:{nobody}")
    start = time.monotonic()
    mirror = start_mirror(folder, tracking, tmp_path)
    assert time.monotonic() - start < 0.5
    journal = create(folder)
    start = time.monotonic()
    for step in range(1000):
        journal.metrics({"train/loss": 0.5}, step)
    assert time.monotonic() - start < 0.5
    journal.end("FINISHED")
    assert not mirror.drain(30.0)
    assert f"http://127.0.0.1:{nobody} could not be written" in mirror.problem
    assert [note.target for note in pending.all_pending(tmp_path)] == [f"http://127.0.0.1:{nobody}"]
    assert "planted" not in spoken(tmp_path)
    assert reconcile(tmp_path, tracking) == []  # it was tried a moment ago


def test_server_that_hangs_is_left_after_the_drain(tmp_path, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()  # connections are taken, and never answered
        uri = f"http://127.0.0.1:{server.getsockname()[1]}"
        mirror = start_mirror(tmp_path / "a", Tracking(name="server", uri=uri), tmp_path)
        create(tmp_path / "a").end("FINISHED")
        start = time.monotonic()
        assert not mirror.drain(0.3)
        assert time.monotonic() - start < 1.0
        assert mirror._process.poll() is None
        assert mirror._process.wait(timeout=30) == 3  # left behind, it has a deadline
    assert pending.all_pending(tmp_path)[0].gave_up


def test_cancelled_mirror_leaves_nothing(tmp_path):
    mirror = start_mirror(tmp_path / "runs" / "a", Tracking(), tmp_path)
    mirror.cancel()
    assert mirror._process.poll() is not None
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize(("name", "rank"), [("off", "0"), ("local", "1")])
def test_no_mirror_for_tracking_off_and_other_ranks(tmp_path, monkeypatch, name, rank):
    monkeypatch.setenv("RANK", rank)
    mirror = start_mirror(tmp_path / "a", Tracking(name=name), tmp_path)
    assert mirror.drain(0.0)
    assert mirror.problem is None
    mirror.cancel()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("empty_database")  # MLflow imported, with its warnings behind it
def test_four_trainings_at_once_on_no_database(tmp_path):
    code = TRAINING + "journal.end('FINISHED')\nprint(mirror.drain(60))"
    trainings = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name], stdout=subprocess.PIPE, text=True)
        for name in "abcd"
    ]
    assert [training.communicate()[0].splitlines()[1] for training in trainings] == ["True"] * 4
    store = Store(target(f"sqlite:///{tmp_path}/mlflow.db", tmp_path))
    runs = in_mlflow(store)
    assert sorted(run["name"] for run in runs) == list("abcd")
    assert all(run["status"] == "FINISHED" and len(run["rows"]["train/loss"]) == 20 for run in runs)
    assert len(store.client.search_experiments()) == 2  # MLflow's Default and ours


@pytest.mark.parametrize(
    ("tracking", "watched"),
    [(Tracking(), []), (Tracking(system_metrics=True, system_metrics_seconds=2.5), ["--watch", "2.5"])],
)
def test_the_mirror_watches_the_machine_where_that_is_asked_for(root, monkeypatch, tracking, watched):
    asked = []

    def spawn(goal, arguments, log):
        asked.extend(arguments)
        return subprocess.Popen(["true"])

    monkeypatch.setattr(client, "spawn_apart", spawn)
    start_mirror(root / "runs" / "a", tracking, root).cancel()
    assert asked[4:] == watched
