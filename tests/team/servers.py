"""The services of docs/team/compose.yaml on this machine, without Docker: their commands, run from packages."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.checkout import REPOSITORY
from tests.team.postgres import Postgres
from tests.tracking.test_client import wait_for

COMPOSE = yaml.safe_load((REPOSITORY / "docs" / "team" / "compose.yaml").read_text(encoding="utf-8"))
SECRET = re.compile(r"\$\{(\w+):\?[^}]*\}")
START_SECONDS = 90.0


class Servers:
    """Postgres, an S3-compatible store and MLflow, with the passwords of `secrets`; logs lie in `folder`."""

    def __init__(self, folder: Path, secrets: Mapping[str, str]):
        self.folder, self.secrets = folder, secrets
        self.ports = {name: free_port() for name in ("postgres", "s3", "mlflow")}
        self.tracking_uri = f"http://127.0.0.1:{self.ports['mlflow']}"
        self.store_uri = f"http://127.0.0.1:{self.ports['s3']}"
        self.postgres: Postgres | None = None
        self._processes: dict[str, subprocess.Popen] = {}

    def environment(self, service: str) -> dict[str, str]:
        """The variables of a service, with passwords filled in and addresses of this machine."""
        return {name: self._here(value) for name, value in COMPOSE["services"][service]["environment"].items()}

    def command(self, service: str) -> list[str]:
        """The command of a service, by the Python of the tests."""
        program, *arguments = COMPOSE["services"][service]["command"]
        module = [] if program == "python" else ["-m", program]
        local = {"0.0.0.0": "127.0.0.1", "5000": str(self.ports["mlflow"])}
        return [sys.executable, *module, *(local.get(argument, argument) for argument in arguments)]

    @property
    def keys(self) -> dict[str, str]:
        """The variables by which a person opens the store."""
        return {name: self.secrets[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}

    def on_this_machine(self, text: str) -> str:
        """What somebody types for the ports of the compose file, as it has to be for those of the tests."""
        for service, port in (("mlflow", 5000), ("s3", 9000)):
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{self.ports[service]}")
        return text

    def start(self) -> None:
        """Start all of them, on empty stores."""
        store = ["-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.ports["s3"])]
        self._start("s3", [sys.executable, *store], {})
        buckets = subprocess.Popen(self.command("buckets"), env=self._own() | self.environment("buckets"))
        names = self.environment("postgres")
        self.postgres = Postgres(
            self.ports["postgres"], names["POSTGRES_USER"], names["POSTGRES_PASSWORD"], names["POSTGRES_DB"]
        )
        assert buckets.wait(START_SECONDS) == 0
        self.start_mlflow()

    def start_mlflow(self) -> None:
        """Start MLflow's server, with one worker."""
        self._start("mlflow", self.command("mlflow"), self.environment("mlflow") | {"MLFLOW_WORKERS": "1"})
        wait_for(self._answers, START_SECONDS)

    def stop_mlflow(self) -> None:
        """End MLflow's server in the middle of whatever it does."""
        self._stop("mlflow")

    def stop(self) -> None:
        """End all of them."""
        for name in list(self._processes):
            self._stop(name)
        if self.postgres is not None:
            self.postgres.stop()

    def _start(self, name: str, command: list[str], env: Mapping[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, env=self._own() | env, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )

    def _stop(self, name: str) -> None:
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.tracking_uri}/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def _own(self) -> dict[str, str]:
        return os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def _here(self, text: str) -> str:
        text = SECRET.sub(lambda found: self.secrets[found[1]], text)
        return re.sub(r"\b(postgres|s3):\d+", lambda found: f"127.0.0.1:{self.ports[found[1]]}", text)


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
