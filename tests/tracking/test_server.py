"""A tracking server in between: down, up, down in the middle, and everything is there once."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tracking.runs import create, in_mlflow, whole_run
from tests.tracking.test_client import wait_for
from trainyard.config.schema.run import Tracking
from trainyard.tracking import client, pending
from trainyard.tracking.client import start_mirror
from trainyard.tracking.progress import read_progress
from trainyard.tracking.store import Store, StoreError
from trainyard.tracking.sync import sync
from trainyard.tracking.target import target

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


class Server:
    """An MLflow server on this machine that can be stopped and started."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self.folder = folder

    def start(self) -> None:
        env = os.environ | {
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }  # fmt: skip
        command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{self.folder}/server.db"]
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *options], stdout=log, stderr=log, env=env, cwd=self.folder, start_new_session=True
            )
        wait_for(self.answers, 90.0)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.uri}/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory, empty_database) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "server.db").write_bytes(empty_database.read_bytes())
    server = Server(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def far(server, tmp_path) -> Store:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Store(target(server.uri, tmp_path))


def test_run_is_written_through_a_server(server, far, tmp_path):
    tracking = Tracking(name="server", uri=server.uri)
    mirror = start_mirror(tmp_path / "a", tracking, tmp_path)
    journal = whole_run(tmp_path / "a", experiment="through", name="a")
    journal.end("FINISHED")
    assert mirror.drain(60.0)
    (run,) = in_mlflow(far, "through")
    assert run["status"] == "FINISHED"
    assert run["files"] == ["config.yaml", "plots/roc.png"]
    assert len(run["rows"]["train/loss"]) == 3
    (tmp_path / "a" / ".tracking" / "mlflow_progress.json").unlink()
    sync(tmp_path, tracking, tmp_path / "a")
    assert in_mlflow(far, "through") == [run]


def test_server_that_goes_and_comes_back_has_everything_once(server, far, tmp_path, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 1.0)
    tracking = Tracking(name="server", uri=server.uri)
    folder = tmp_path / "runs" / "e" / "a"
    mirror = start_mirror(folder, tracking, tmp_path)
    journal = create(folder, experiment="outage")
    for step in range(50):
        journal.metrics({"train/loss": 0.5}, step)
    wait_for(lambda: read_progress(folder, server.uri).number > 1)
    server.stop()
    start = time.monotonic()
    for step in range(50, 100):
        journal.metrics({"train/loss": 0.5}, step)
    journal.end("FINISHED")
    assert time.monotonic() - start < 0.5
    assert not mirror.drain(1.0)
    assert mirror._process.wait(timeout=60) == 3
    assert len(pending.all_pending(tmp_path)) == 1
    monkeypatch.setattr("trainyard.tracking.sync.PATIENCE_SECONDS", 1.0)
    assert "could not be written" in sync(tmp_path, tracking).problems[0]
    server.start()
    assert sync(tmp_path, tracking).written == 1
    assert sync(tmp_path, tracking).unchanged == 1
    (run,) = in_mlflow(far, "outage")
    assert run["status"] == "FINISHED"
    assert [row[0] for row in run["rows"]["train/loss"]] == list(range(100))
    assert pending.all_pending(tmp_path) == []


def test_database_of_a_server_opened_directly_is_told(server, far, tmp_path):
    far.experiment("of the server")
    direct = Store(target(f"sqlite:///{server.folder}/server.db", tmp_path))
    with pytest.raises(StoreError, match="was made by an MLflow server"):
        direct.experiment("of the server")
