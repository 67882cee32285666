"""The MLflow model as its users have it: loaded by MLflow, and served over HTTP."""

import datetime
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import mlflow.pyfunc
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException
from mlflow.pyfunc.scoring_server import infer_and_parse_data

from tests.inference.packages import COLUMNS, make_package, package_images
from trainyard.config.schema.model import Custom
from trainyard.inference import PackageError, load
from trainyard.tracking.logged_model import _signature

SERVING = Path(sys.modules["trainyard.inference"].__file__).parent / "serving.py"
SECONDS = 120
PROBABILITIES = ["probability_big", "probability_small"]
ROW = {"size": 30.5, "color": "red", "town": "town 1", "number": 3, "wild": True, "seen": "2020-05-17"}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Return (folder of the MLflow model, the packaged model, raw rows as a DataFrame)."""
    folder = tmp_path_factory.mktemp("served")
    card, table = make_package(folder / "package")
    model = folder / "model"
    mlflow.pyfunc.save_model(
        model, python_model=str(SERVING), artifacts={"model": str(folder / "package")}, pip_requirements=["mlflow"],
        signature=_signature(card["signature"]), input_example=pd.DataFrame(card["example"]),
    )  # fmt: skip
    return model, load(folder / "package"), table.select(COLUMNS).to_pandas()


@pytest.fixture(scope="module")
def loaded(served):
    return mlflow.pyfunc.load_model(str(served[0]))


def test_mlflow_predicts_from_raw_rows_as_the_package_does(served, loaded):
    _, model, rows = served
    rows.index += 1000
    predicted = loaded.predict(rows)
    assert list(predicted.columns) == ["prediction", *PROBABILITIES]
    assert list(predicted.index) == list(rows.index)
    assert (predicted["prediction"] == model.predict(rows)).all()
    np.testing.assert_array_equal(predicted[PROBABILITIES], model.predict_proba(rows))


def test_the_example_of_two_rows_passes_the_signature(served, loaded):
    path, model, _ = served
    example = loaded.input_example
    assert len(example) == 2
    assert loaded.metadata.get_input_schema().input_names() == list(COLUMNS)
    assert loaded.predict(example)["prediction"].tolist() == model.predict(model.card["example"]).tolist()
    payload = json.loads(Path(path, "serving_input_example.json").read_text())
    assert len(loaded.predict(infer_and_parse_data(payload, loaded.metadata.get_input_schema()))) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"size": 30},
        {"size": None},
        {"number": 3.0},
        {"number": None},
        {"number": float("nan")},
        {"color": None},
        {"color": float("nan")},
        {"color": "mauve"},
        {"color": 5},
        {"town": pd.NA},
        {"wild": "no"},
        {"wild": 0},
        {"wild": None},
        {"seen": None},
        {"seen": "2020-05-17T12:00:00Z"},
        {"seen": datetime.date(2020, 5, 17)},
        {"seen": pd.Timestamp("2020-05-17")},
        dict.fromkeys(COLUMNS),
    ],
    ids=str,
)
def test_mlflow_hands_on_what_was_sent(served, loaded, change):
    row = {**ROW, **change}
    predicted = loaded.predict(pd.DataFrame([row]))[PROBABILITIES]
    np.testing.assert_array_equal(predicted, served[1].predict_proba([row]))


@pytest.mark.parametrize(
    "change", [{}, {"wild": "no"}, {"wild": None}, {"number": None, "size": 30}, {"seen": None}], ids=str
)
def test_json_means_what_it_says(served, loaded, change):
    row = {**ROW, **change}
    schema = loaded.metadata.get_input_schema()
    for request in (
        {"dataframe_records": [row, ROW]},
        {"dataframe_split": {"columns": list(COLUMNS), "data": [list(row.values()), list(ROW.values())]}},
        {"inputs": {name: [row[name], ROW[name]] for name in COLUMNS}},
    ):
        parsed = infer_and_parse_data(json.loads(json.dumps(request)), schema)
        np.testing.assert_array_equal(loaded.predict(parsed)[PROBABILITIES], served[1].predict_proba([row, ROW]))


def test_a_bad_request_names_its_columns(loaded):
    row = {**ROW, "size": "tall"}
    del row["number"]
    with pytest.raises(MlflowException) as refused:
        loaded.predict(pd.DataFrame([row]))
    assert refused.value.get_http_status_code() == 400
    assert refused.value.message == (
        "There is no column number, which the model was trained on. "
        "Column size holds 'tall' (row 1), which is not a number."
    )


@pytest.mark.parametrize("shape", [(1, 4, 3), (3, 20, 20)], ids=["pixels", "image"])
def test_images_are_sent_as_pixels_or_as_nested_lists(tmp_path, shape):
    images = package_images(tmp_path / "package", shape)
    card = json.loads((tmp_path / "package" / "card.json").read_text())
    mlflow.pyfunc.save_model(
        tmp_path / "model", python_model=str(SERVING), artifacts={"model": str(tmp_path / "package")},
        pip_requirements=["mlflow"], signature=_signature(card["signature"]),
        input_example=pd.DataFrame(card["example"]),
    )  # fmt: skip
    loaded, model = mlflow.pyfunc.load_model(str(tmp_path / "model")), load(tmp_path / "package")
    schema = loaded.metadata.get_input_schema()
    payload = {"dataframe_records": card["example"]}
    parsed = infer_and_parse_data(json.loads(json.dumps(payload)), schema)
    assert loaded.predict(parsed)["prediction"].tolist() == model.predict(card["example"]).tolist()
    rows = pd.DataFrame({"image": [image.tolist() for image in images]})
    if shape[0] == 1:
        rows = pd.DataFrame(images.reshape(60, -1), columns=list(model.columns))
    assert loaded.predict(rows)["prediction"].tolist() == model.predict(images).tolist()


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
        records = json.loads(rows.head(3).to_json(orient="records", date_format="iso"))
        records[0] |= {"size": None, "wild": None, "color": "mauve"}
        status, answer = post(f"http://127.0.0.1:{port}/invocations", {"dataframe_records": records})
        assert status == 200
        assert [row["prediction"] for row in answer["predictions"]] == model.predict(records).tolist()
        probability = [[row[name] for name in PROBABILITIES] for row in answer["predictions"]]
        np.testing.assert_allclose(probability, model.predict_proba(records), rtol=1e-6)
        status, answer = post(f"http://127.0.0.1:{port}/invocations", {"dataframe_records": [{**ROW, "size": "tall"}]})
        assert status == 400
        assert "Column size holds 'tall' (row 1), which is not a number." in answer["message"]
    finally:
        os.killpg(server.pid, 9)
        server.wait()


def post(url, values):
    """Return status and JSON of the answer."""
    request = urllib.request.Request(url, json.dumps(values).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def wait_for(url, server):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")


def test_code_of_ones_own_is_run_where_the_servers_environment_names_it(tmp_path, monkeypatch):
    from trainyard.inference.serving import Served

    make_package(tmp_path / "model", config=Custom(_target_="tests.networks.own.Fitted"), trusted=["tests"])
    context, served = SimpleNamespace(artifacts={"model": str(tmp_path / "model")}), Served()
    with pytest.raises(PackageError, match="code of one's own"):
        served.load_context(context)
    monkeypatch.setenv("TRAINYARD_TRUSTED", "others,tests")
    served.load_context(context)
    assert type(served.model.network).__name__ == "Fitted"
