"""The MLflow model as its users have it: loaded by MLflow, and served over HTTP."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import mlflow.pyfunc
import numpy as np
import pandas as pd
import pytest

from tests.inference.packages import make_package
from trainyard.inference import load

SERVING = Path(sys.modules["trainyard.inference"].__file__).parent / "serving.py"
SECONDS = 120


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    _, table = make_package(folder / "package")
    model = folder / "model"
    mlflow.pyfunc.save_model(
        model, python_model=str(SERVING), artifacts={"model": str(folder / "package")}, pip_requirements=["mlflow"],
        input_example=pd.DataFrame(load(folder / "package").card["example"]),
    )  # fmt: skip
    return model, load(folder / "package"), table.drop_columns(["label", "length", "width"]).to_pandas()


def test_mlflow_predicts_from_raw_rows_as_the_package_does(served):
    path, model, rows = served
    predicted = mlflow.pyfunc.load_model(str(path)).predict(rows)
    assert list(predicted.columns) == ["prediction", "probability_big", "probability_small"]
    assert (predicted["prediction"] == model.predict(rows)).all()
    np.testing.assert_array_equal(predicted[["probability_big", "probability_small"]], model.predict_proba(rows))


def test_nothing_of_it_is_pickled(served):
    assert not [path for path in served[0].rglob("*") if path.suffix in (".pkl", ".pickle", ".pt", ".pth")]


@pytest.mark.slow
def test_it_is_served_over_http(served):
    path, model, rows = served
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(path), "--env-manager", "local",
               "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]  # fmt: skip
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env,
                              start_new_session=True)  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/ping", server)
        records = json.loads(rows.head(3).to_json(orient="records"))
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/invocations", json.dumps({"dataframe_records": records}).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)["predictions"]
        assert [row["prediction"] for row in answer] == model.predict(rows.head(3)).tolist()
    finally:
        os.killpg(server.pid, 9)
        server.wait()


def wait_for(url, server):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")
