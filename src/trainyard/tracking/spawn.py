"""Starts the process that writes MLflow."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from trainyard.tracking.target import Target

COMMAND = [sys.executable, "-P", "-m", "trainyard.tracking.mirror"]
DONE, GAVE_UP, REFUSED = 0, 3, 4  # exit codes of a mirror
STRAY = ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_ACTIVE_MODEL_ID")
ALWAYS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING": "false",
    "MLFLOW_UV_AUTO_DETECT": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",  # a lost answer would make things twice; the mirror looks, then tries again
    "OMP_NUM_THREADS": "1",
}
UNLESS_SET = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",  # s; MLflow's own patience with a server that is down is minutes
    "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "false",  # else large files go past the server, to a store we may not reach
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "GIT_PYTHON_REFRESH": "quiet",
}


def environment(target: Target) -> dict[str, str]:
    """The variables of a mirror: this process's, the address, and an MLflow that is quiet and not too patient."""
    env = {name: value for name, value in os.environ.items() if name not in STRAY}
    return UNLESS_SET | env | ALWAYS | target.environment()


def spawn_apart(target: Target, arguments: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a mirror that outlives this process: a session of its own, and none of this process's streams."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        return subprocess.Popen(
            [*COMMAND, *arguments, "--root", str(target.root), "--log", str(log.absolute())],
            stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True, cwd=target.root,
            env=environment(target),
        )  # fmt: skip


def spawn_beside(target: Target, arguments: Sequence[str], folders: IO[str], log: Path) -> subprocess.Popen[str]:
    """Start a mirror that reads the names of folders from a file and answers on its standard output."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        return subprocess.Popen(
            [*COMMAND, *arguments, "--root", str(target.root), "--log", str(log.absolute())],
            stdin=folders, stdout=subprocess.PIPE, stderr=stream, text=True, cwd=target.root, env=environment(target),
        )  # fmt: skip
