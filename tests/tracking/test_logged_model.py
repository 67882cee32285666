"""The model in MLflow: loaded from there it takes raw rows, with nothing but itself."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.tracking.runs import in_mlflow, whole_run
from trainyard.tracking.delivery import Delivery
from trainyard.tracking.logged_model import log_model

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def iris(tmp_path_factory) -> Path:
    """A packaged model of iris, made in a process that may import torch."""
    folder = tmp_path_factory.mktemp("iris")
    repository = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.tracking.packages", str(folder / "model"), str(folder)]
    subprocess.run(command, check=True, cwd=repository, env=os.environ | QUIET)
    return folder / "model"


PACK = """
import sys
from pathlib import Path
from trainyard.tracking.logged_model import ModelFiles, log_model
from trainyard.tracking.store import Store
from trainyard.tracking.target import target
root, package = map(Path, sys.argv[1:])
store, files = Store(target(f"sqlite:///{root}/mlflow.db", root)), ModelFiles()
experiment = store.experiment("e")
run = store.client.create_run(experiment)
model = log_model(store.client, files, experiment, run.info.run_id, package, "0", {"seed": "0"})
files.close()
print("torch" in sys.modules, store.client.get_logged_model(model).artifact_location.removeprefix("file://"))
"""


@pytest.fixture(scope="module")
def logged(iris, empty_database, tmp_path_factory) -> Path:
    """The folder of the model in MLflow's artifacts."""
    root = tmp_path_factory.mktemp("root")
    shutil.copy(empty_database, root / "mlflow.db")
    command = [sys.executable, "-c", PACK, str(root), str(iris)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | QUIET)
    torch, folder = done.stdout.split()
    assert torch == "False"  # a second and 200 MB that the mirror does not need
    return Path(folder)


LOAD = """
import json, logging, sys
import mlflow.pyfunc, pandas
model = mlflow.pyfunc.load_model(sys.argv[1])
example = model.input_example
table = model.predict(example)
reordered = model.predict(example[example.columns[::-1]].iloc[::-1])
batch = model.predict(pandas.concat([example] * 50))
print(json.dumps({
    "from": sys.modules["trainyard.inference.load"].__file__, "columns": list(table.columns), "rows": len(table),
    "batch": len(batch), "same": table.equals(reordered.iloc[::-1]),
    "sum": table.drop(columns="prediction").sum(axis=1).tolist(),
    "inputs": model.metadata.get_input_schema().input_names(),
    "outputs": model.metadata.get_output_schema().input_names(),
    "heavy": sorted({"hydra", "pytorch_lightning", "sklearn"} & set(sys.modules)),
}))
"""


@pytest.mark.slow
def test_loaded_from_mlflow_it_takes_raw_rows_with_its_own_code(logged, tmp_path):
    shutil.copytree(logged, tmp_path / "elsewhere")  # nothing of it depends on where it was made
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(tmp_path / "elsewhere")], capture_output=True, text=True, check=True,
        cwd=tmp_path, env=os.environ | QUIET,
    )  # fmt: skip
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["from"] == str(tmp_path / "elsewhere" / "code" / "trainyard" / "inference" / "load.py")
    measures = [f"{part}_{side}_cm" for part in ("sepal", "petal") for side in ("length", "width")]
    assert sorted(answer["inputs"]) == sorted(measures)
    species = ["setosa", "versicolor", "virginica"]
    assert answer["columns"] == answer["outputs"] == ["prediction", *(f"probability_{name}" for name in species)]
    assert (answer["rows"], answer["batch"], answer["same"]) == (2, 100, True)
    assert answer["sum"] == pytest.approx([1.0, 1.0], abs=1e-6)
    assert answer["heavy"] == []
    assert "mismatch" not in done.stderr.lower()
    assert not list((tmp_path / "elsewhere").rglob("*.pkl"))
    requirements = (tmp_path / "elsewhere" / "requirements.txt").read_text().split()
    assert all("==" in requirement and "+" not in requirement for requirement in requirements)
    assert "trainyard" not in (tmp_path / "elsewhere" / "requirements.txt").read_text()


def test_model_is_written_once_and_anew_where_it_was_cut_off(store, files, root):
    folder = root / "a"
    whole_run(folder).end("FINISHED")
    client = store.client
    experiment = store.experiment("e")
    run = client.create_run(experiment)

    def again() -> str:
        return log_model(client, files, experiment, run.info.run_id, folder / "model", "0", {})

    first = again()
    assert again() == first
    location = Path(client.get_logged_model(first).artifact_location.removeprefix("file://"))
    assert (location / "artifacts" / "model" / "weights.safetensors").read_bytes() == b"12345"
    assert log_model(client, files, experiment, run.info.run_id, folder / "model", "another", {}) != first
    cut_off = client.create_logged_model(experiment, "model", run.info.run_id, {"trainyard.md5": "1"})
    stray = Path(cut_off.artifact_location.removeprefix("file://")) / "half"
    stray.parent.mkdir(parents=True)
    stray.touch()
    assert log_model(client, files, experiment, run.info.run_id, folder / "model", "1", {}) == cut_off.model_id
    assert not stray.exists()
    assert str(client.get_logged_model(cut_off.model_id).status) == "READY"


def test_run_without_a_proper_card_is_delivered_without_its_model(store, root, files):
    folder = root / "a"
    journal = whole_run(folder)
    (folder / "model" / "card.json").write_text("{}")
    journal.end("FINISHED")
    delivery = Delivery(folder, store, files)
    while not delivery.ended:
        delivery.step()
    delivery.finish()
    assert "KeyError: 'signature'" in delivery.progress.problem
    assert in_mlflow(store)[0]["status"] == "FINISHED"
    assert in_mlflow(store)[0]["models"] == []


@pytest.mark.slow
def test_mlflow_serves_it(logged, tmp_path):
    port = 5000 + os.getpid() % 2000
    log_file = (tmp_path / "serve.log").open("wb")
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(logged), "--env-manager", "local"]
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=log_file, stderr=log_file,
        env=os.environ | QUIET | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        start_new_session=True,
    )  # fmt: skip
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/invocations", (logged / "serving_input_example.json").read_bytes(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        answer = None
        until = time.monotonic() + 60
        while answer is None:
            assert time.monotonic() < until, (tmp_path / "serve.log").read_text()
            try:
                with urllib.request.urlopen(request, timeout=10) as response:
                    answer = json.load(response)
            except urllib.error.URLError:
                time.sleep(0.5)
        assert len(answer["predictions"]) == 2
        assert set(answer["predictions"][0]) > {"prediction", "probability_setosa"}
    finally:
        os.killpg(server.pid, 15)
        server.wait()
        log_file.close()
