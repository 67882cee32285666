"""tracking=server against MLflow over Postgres and an S3-compatible store, behind a proxy that asks for a token."""

import json
import subprocess
import sys

import pytest

from tests.commands.project import Project
from tests.team.gate import gate
from tests.tracking.runs import in_mlflow

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

QUICK = ("dataset=iris", "training.max_epochs=2", "tracking=server", "tracking.drain=60")
PERSON = {
    "MLFLOW_TRACKING_TOKEN": "planted-token",
    "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "false",
    "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "1",  # byte; from here on MLflow sends files straight to the store
    "AWS_ACCESS_KEY_ID": "plantedpersonkey",
    "AWS_SECRET_ACCESS_KEY": "planted/person+secret",
}
PREDICT = """
import json, sys, mlflow, pandas
link, rows = json.loads(sys.argv[1]), json.loads(sys.argv[2])
model = mlflow.pyfunc.load_model(link["model_uri"])
print(json.dumps(model.predict(pandas.DataFrame(rows))["prediction"].tolist()))
"""


@pytest.fixture(scope="module")
def address(servers):
    with gate(servers.ports["mlflow"], PERSON["MLFLOW_TRACKING_TOKEN"]) as address:
        yield address


@pytest.fixture(scope="module")
def project(tmp_path_factory, address):
    """A project in which one run and one sweep were trained with tracking=server."""
    project = Project(tmp_path_factory.mktemp("project"))
    for choices in (("experiment_name=one",), ("-m", "seed=1,2", "experiment_name=seeds")):
        done = project.run(*QUICK, f"tracking.uri={address}", *choices, **PERSON)
        assert (done.returncode, done.stderr) == (0, "")
        assert f"at {address}" in done.stdout
    return project


@pytest.fixture
def link(project):
    return json.loads((project.runs[0] / "mlflow.json").read_text())


def test_a_run_is_whole_on_the_server_and_its_files_are_in_the_store(project, link, far, s3):
    (run,) = in_mlflow(far, "one")
    metrics = json.loads((project.runs[0] / "metrics.json").read_text())
    assert (run["status"], run["tags"]["git.dirty"]) == ("FINISHED", "unknown")
    assert json.loads((project.runs[0] / "lineage.json").read_text())["code"] is None  # it was trained without git
    assert run["params"]["training.max_epochs"] == "2"
    assert {name: float(rows[-1][2]) for name, rows in run["rows"].items()}.items() >= metrics.items()
    assert [row[0] for row in run["rows"]["val/loss"]] == [1, 2]
    assert run["models"] == [("model", "READY", run["params"])]
    assert {"config.yaml", "lineage.json", "metrics.json", "plots/confusion_matrix.png"} < set(run["files"])
    place = f"{link['experiment_id']}/{link['run_id']}/artifacts/"
    assert {place + name for name in run["files"]} == set(keys_below(s3, place))


def keys_below(s3, prefix):
    return [item["Key"] for item in s3.list_objects_v2(Bucket="mlflow", Prefix=prefix)["Contents"]]


def test_a_colleague_predicts_with_the_model_in_the_store(project, link, address, servers, s3, tmp_path):
    place = f"{link['experiment_id']}/models/{link['model_uri'].removeprefix('models:/')}/"
    assert f"{place}artifacts/artifacts/model/weights.safetensors" in keys_below(s3, place)
    card = json.loads((project.runs[0] / "model" / "card.json").read_text())
    env = Project(tmp_path).environment(MLFLOW_TRACKING_URI=address, **PERSON)
    done = subprocess.run(
        [sys.executable, "-P", "-c", PREDICT, json.dumps(link), json.dumps(card["example"])], cwd=tmp_path, env=env,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    from trainyard.inference import load

    here = load(project.runs[0] / "model").predict(card["example"])
    assert json.loads(done.stdout) == here.tolist()
    requests = (servers.folder / "s3.log").read_text()
    assert "X-Amz-Signature" not in requests  # nobody was sent past the server, to a store that only it may reach


def test_a_sweep_is_a_parent_with_its_members(far):
    runs = {run["name"]: run for run in in_mlflow(far, "seeds")}
    (parent,) = [run for run in runs.values() if "mlflow.parentRunId" not in run["tags"]]
    members = [run for run in runs.values() if run is not parent]
    assert {run["params"]["seed"] for run in members} == {"1", "2"}
    assert {run["tags"]["mlflow.parentRunId"] for run in members} == {parent["name"]}
    assert {run["status"] for run in runs.values()} == {"FINISHED"}
    assert [len(run["models"]) for run in (parent, *members)] == [0, 1, 1]


def test_no_secret_is_written_anywhere(project, servers, s3):
    places = {str(file): file.read_bytes() for root in (project.root, servers.folder) for file in files_below(root)}
    places["Postgres"] = servers.postgres.dump()
    for item in s3.list_objects_v2(Bucket="mlflow")["Contents"]:
        places[f"s3 {item['Key']}"] = s3.get_object(Bucket="mlflow", Key=item["Key"])["Body"].read()
    assert sum(len(text) for text in places.values()) > 100_000
    assert [place for place, text in places.items() if b"planted" in text] == []


def files_below(root):
    return [path for path in root.rglob("*") if path.is_file()]
