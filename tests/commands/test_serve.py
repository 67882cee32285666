"""`trainyard serve` as typed, asked over HTTP; and the request and the answer in docs/predict.md."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

import trainyard
from tests.commands.project import REPOSITORY, Project

PAGE = (REPOSITORY / "docs" / "predict.md").read_text(encoding="utf-8")
SHOWN = re.search(r"^\$ (curl .*?)\n(\{.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
REFUSED = re.search(r'^\{"error_code".*$', PAGE, re.MULTILINE)
SECONDS = 60


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with a run on irises, which MLflow has, by the name that it is registered under."""
    project = Project(tmp_path_factory.mktemp("project"))
    done = project.run("dataset=iris", "training.max_epochs=5")
    assert done.returncode == 0, done.stderr
    done = project.verb("register", "name=flowers", "alias=champion")
    assert done.returncode == 0, done.stderr
    return project


@contextmanager
def served(project, *words):
    """Give the server's process and the lines that it printed, when it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "trainyard", "serve", "port=0", *words], cwd=project.root, env=project.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("try"):
                break
        yield process, lines
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def address(lines):
    return next(line for line in lines if line.startswith("serving")).split()[1].rstrip(";")


def post(url, body, kind="application/json"):
    """Return status and JSON of the answer."""
    request = urllib.request.Request(url, body.encode(), {"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_answers_as_its_package_predicts_until_a_signal_ends_it(project, number, code):
    model = trainyard.load(project.root / "runs" / "latest")
    row = {**model.card["example"][0], "petal_width_cm": None}
    with served(project, "run=models:/flowers@champion") as (process, lines):
        assert "from MLflow, logged by " in lines[1]
        words = shlex.split(lines[-1].removeprefix("try"))
        assert words[1] == address(lines)
        assert post(words[1], words[-1])[0] == 200
        status, answer = post(words[1], json.dumps({"dataframe_records": [row, row]}))
        probabilities = [list(predicted.values())[1:] for predicted in answer["predictions"]]
        assert status == 200
        assert probabilities == pytest.approx(model.predict_proba([row, row]), abs=1e-5)
        assert [predicted["prediction"] for predicted in answer["predictions"]] == list(model.predict([row, row]))
        told = "Column petal_width_cm holds 'wide' (row 1), which is not a number."
        status, answer = post(words[1], json.dumps({"instances": [{**row, "petal_width_cm": "wide"}]}))
        assert (status, answer["message"]) == (400, told)
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == code
    assert err == ""
    assert [line.rpartition('" ')[2] for line in out.splitlines()] == ["200 OK", "200 OK", "400 Bad Request"]


@pytest.mark.slow
def test_the_request_of_the_page_gets_its_answer(project):
    words = shlex.split(SHOWN[1])
    assert words[:2] == ["curl", "http://127.0.0.1:5001/invocations"]
    assert words[2:4] == ["-H", "Content-Type: application/json"]
    with served(project, "run=latest", "tracking=off") as (_, lines):
        assert "from the package of" in lines[1]
        status, answer = post(address(lines), words[-1])
        expected = json.loads(SHOWN[2])["predictions"]
        assert status == 200
        assert [list(row) for row in answer["predictions"]] == [list(row) for row in expected]
        assert answer["predictions"][0]["prediction"] == expected[0]["prediction"]
        assert list(answer["predictions"][0].values())[1:] == pytest.approx(list(expected[0].values())[1:], abs=0.005)
        status, answer = post(address(lines), words[-1].replace("5.1", '"tall"'))
        assert (status, answer) == (400, json.loads(REFUSED[0]))
