"""`trainyard export` and `trainyard explain` over a run, as typed; and the lines of docs/export.md."""

import csv
import json
import re

import numpy as np
import onnxruntime
import pytest

import trainyard
from tests.commands.project import REPOSITORY, Project
from trainyard.tracking.reading import read_journal

PAGE = (REPOSITORY / "docs" / "export.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.strip().splitlines()]
TRAINING = ("training.max_epochs=2", "tracking=off")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with a run on irises and, later, one on digits by convolutions."""
    project = Project(tmp_path_factory.mktemp("project"))
    done = project.run("dataset=iris", *TRAINING)
    assert done.returncode == 0, done.stderr
    return project


@pytest.mark.slow
def test_a_run_is_exported_and_runs_without_trainyard(project):
    done = project.verb("export", "run=latest", "output=served/iris")
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    difference = re.fullmatch(r"largest difference from the packaged model over 23 rows: (\S+) \(probability\)", last)
    assert float(difference[1]) < 1e-5
    signature = json.loads((project.root / "served" / "iris" / "signature.json").read_text(encoding="utf-8"))
    rows = {each["name"]: np.array([5.1, np.nan]) for each in signature["inputs"]}
    session = onnxruntime.InferenceSession(project.root / "served" / "iris" / "model.onnx")
    labels, probabilities = session.run(None, rows)
    model = trainyard.load(project.root / "runs" / "latest")
    assert labels.tolist() == model.predict(rows).tolist()
    assert probabilities == pytest.approx(model.predict_proba(rows), abs=1e-6)


@pytest.mark.slow
def test_a_run_is_explained_and_says_so_in_its_journal(project):
    done = project.verb("explain", "run=latest", "repeats=2", "metric=accuracy")
    assert done.returncode == 0, done.stderr
    plots = (project.root / "runs" / "latest" / "plots" / "explain-accuracy").resolve()
    with (plots / "importance.csv").open(encoding="utf-8") as file:
        assert {line["metric"] for line in csv.DictReader(file)} == {"accuracy"}
    kept = {record["path"] for record in read_journal(plots.parents[1]) if record["type"] == "artifact"}
    assert {"plots/explain-accuracy/importance.csv", "plots/explain-accuracy/importance.png"} <= kept


@pytest.mark.slow
def test_the_lines_of_the_page_run_as_typed(tmp_path):
    project = Project(tmp_path)
    assert len(LINES) >= 6
    for line in LINES:
        words = line.split("  #")[0].split()
        if words[:2] == ["python", "train.py"]:
            done = project.run(*words[2:], *TRAINING)
        else:
            assert words[0] == "trainyard"
            done = project.verb(*words[1:])
        assert done.returncode == 0, (line, done.stderr)
