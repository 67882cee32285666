"""MLflow's own pages in a browser: what a person sees of a sweep there, and of the plots of its members."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

from tests.browser import Browser, find_browser
from tests.commands.project import Project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_browser() is None, reason="there is no Chromium or Chrome here"),
]
VARIED = ("optimizer.lr=0.001,0.01,0.1", "network.hidden=[8],[16]")
EXPANDER = "document.querySelector('.ag-cell[col-id*=\"Run Name\"] button')"
HEADS = "[...document.querySelectorAll('[data-testid=experiment-view-compare-runs-section-header]')]"
VALIDATION = f"{HEADS}.find((head) => head.innerText.trim().startsWith('val'))"
SECONDS = 120


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A sweep of six members, tracked in mlflow.db."""
    made = Project(tmp_path_factory.mktemp("project"))
    done = made.run("-m", "dataset=iris", "training.max_epochs=3", "accelerator=cpu", "tracking.drain=100", *VARIED)
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def address(project):
    """Where `mlflow ui` of the project answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "ui", "--workers", "1", "--host", "127.0.0.1", "--port", str(port)]
    environment = {**project.environment(), "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (project.root / "ui.txt").open("w") as log:
        streams = {"stdout": log, "stderr": log}
        server = subprocess.Popen(command, cwd=project.root, env=environment, start_new_session=True, **streams)
    try:
        await_answer(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}/#"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(SECONDS)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def known(project):
    """What MLflow calls the sweep and its members: mlflow.json of each."""
    sweep = next(path.parent for path in (project.root / "runs").glob("*/*/sweep.json"))
    members = sorted(path for path in sweep.iterdir() if (path / "mlflow.json").exists())
    return [json.loads((folder / "mlflow.json").read_text()) for folder in (sweep, *members)]


def await_answer(url, server):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("mlflow ui did not answer")


def test_the_members_of_a_sweep_unfold_under_it(browser, address, known):
    browser.open(f"{address}/experiments/{known[0]['experiment_id']}/runs")
    browser.wait("document.body.innerText.includes('7 matching runs')")
    browser.wait(EXPANDER)
    assert "iris-mlp-0" not in browser.text()
    browser.ask(f"{EXPANDER}.click()")
    browser.wait("document.body.innerText.includes('iris-mlp-5-lr=0.1,hidden=[16]')")


def test_parallel_coordinates_span_what_was_varied(browser, address, known):
    runs, experiments = ([run[name] for run in known[1:]] for name in ("run_id", "experiment_id"))
    chosen = f"runs={quote(json.dumps(runs))}&experiments={quote(json.dumps(sorted(set(experiments))))}"
    browser.open(f"{address}/compare-runs?{chosen}")
    browser.wait("document.querySelectorAll('.parcoords .axis-title').length >= 3")
    axes = browser.ask("[...document.querySelectorAll('.parcoords .axis-title')].map((axis) => axis.textContent)")
    assert {"network.hidden", "optimizer.lr"} <= set(axes)
    assert len(axes) == 3


def test_the_metrics_of_a_member_are_charts_over_its_epochs(browser, address, known):
    browser.open(f"{address}/experiments/{known[1]['experiment_id']}/runs/{known[1]['run_id']}/model-metrics")
    browser.wait(VALIDATION)
    browser.ask(f"{VALIDATION}.scrollIntoView()")  # charts are drawn where they are seen
    browser.wait("document.body.innerText.includes('(val/accuracy)')")
    browser.wait("document.querySelectorAll('.js-plotly-plot .scatterlayer .trace').length > 0")


def test_a_plot_and_the_report_open_where_artifacts_are(browser, address, known):
    artifacts = f"{address}/experiments/{known[1]['experiment_id']}/runs/{known[1]['run_id']}/artifacts"
    browser.open(f"{artifacts}/plots/roc.png")
    browser.wait("[...document.images].some((image) => image.src.startsWith('blob:') && image.naturalWidth > 300)")
    browser.open(f"{artifacts}/report.html")
    browser.wait("document.querySelector('iframe')")
