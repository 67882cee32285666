"""Each fenced command of the README, of CONTRIBUTING and of pages on topics is run as typed, in a fresh copy.

The copy's .venv is this environment. What would take minutes, the network or no end is run in a way of its own:
`make test` and its like are shown to call pytest (the tests are running already), pip installs Trainyard alone, and
a server is asked for a page and ended.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.checkout import REPOSITORY, copy_checkout

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMES = (
    "README.md", "CONTRIBUTING.md", "docs/models.md", "docs/sweeps.md", "docs/what-you-see.md", "docs/mlflow.md",
    "docs/accelerators.md", "docs/resume.md", "docs/predict.md", "docs/performance.md",
)  # fmt: skip
PAGES = [(REPOSITORY / name).read_text(encoding="utf-8") for name in NAMES]
FENCED = [fence for page in PAGES for fence in FENCE.findall(page)]
BLOCKS = [text for language, text in FENCED if language == "bash"]
TESTING = re.compile(r"^make (test|test-all|lint|bench)\b", re.MULTILINE)
INSTALLING = re.compile(r"\bpip install\b")
SERVING = re.compile(r"^(make ui|mlflow ui)\b", re.MULTILINE)
SECONDS = 300


class Clone:
    """A fresh copy of the repository, set up."""

    def __init__(self, folder):
        self.root = copy_checkout(folder)
        environment = self.root / ".venv"
        environment.mkdir()
        for name in ("bin", "lib", "pyvenv.cfg"):
            (environment / name).symlink_to(Path(sys.prefix) / name)
        (environment / ".ready").touch()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "TRAINYARD_"))}
        path = f"{environment / 'bin'}:{os.environ['PATH']}"
        self.env = {**kept, "PATH": path, "PYTHONPATH": str(self.root / "src"), "MLFLOW_DISABLE_TELEMETRY": "true"}

    def run(self, script, **env):
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=self.root, env={**self.env, **env}, capture_output=True,
            text=True, timeout=SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return Clone(tmp_path_factory.mktemp("clone"))


def named(block):
    return block.strip().splitlines()[0]


def blocks(wanted):
    return pytest.mark.parametrize("block", [block for block in BLOCKS if wanted(block)], ids=named)


def is_special(block):
    return any(kind.search(block) for kind in (TESTING, INSTALLING, SERVING))


def test_the_pages_have_their_commands():
    assert len(BLOCKS) >= 12
    for command in ("make train", "make test", "python train.py", "python train.py -m ", "make ui", "pip install"):
        assert any(command in block for block in BLOCKS), command


@pytest.mark.slow
@blocks(lambda block: not is_special(block))
def test_the_commands_run_as_typed(clone, block):
    ended = clone.run(block)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert ended.stdout


@blocks(TESTING.search)
def test_commands_for_tests_call_the_tools(clone, block):
    ended = clone.run("make() { command make --dry-run \"$@\"; }\n" + block)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("-m pytest") == len(re.findall(r"make test", block))


@blocks(INSTALLING.search)
def test_installing_without_make_leaves_a_training_that_starts(tmp_path, block):
    clone = Clone(tmp_path / "clone")
    (clone.root / ".venv" / ".ready").unlink()
    for link in (clone.root / ".venv").iterdir():
        link.unlink()
    packages = next((Path(sys.prefix) / "lib").glob("python3*")) / "site-packages"  # what pip would have to fetch
    block = re.sub(r"^python train.py$", "python train.py --help; python train.py --cfg job", block, flags=re.MULTILINE)
    block = block.replace("python3 ", f"{sys.executable} ", 1)
    ended = clone.run(
        block, PYTHONPATH=str(packages), PATH=os.environ["PATH"], PIP_NO_DEPS="1", PIP_NO_BUILD_ISOLATION="0",
        PIP_NO_INDEX="1",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "Installing collected packages: trainyard" in ended.stdout
    assert "name: digits" in ended.stdout


@pytest.mark.slow
@blocks(SERVING.search)
def test_the_pages_of_mlflow_open(clone, block):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    server = subprocess.Popen(
        ["bash", "-c", block], cwd=clone.root, env={**clone.env, "MLFLOW_PORT": port}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert "<title>MLflow</title>" in page(f"http://127.0.0.1:{port}", server)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def page(address, server):
    """Return the page at `address` as soon as the server answers."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(f"no answer from {address}; the server ended with {server.poll()}")


CONSOLE = [text for language, text in FENCED if language == "console"]


@pytest.mark.slow
@pytest.mark.parametrize("session", CONSOLE, ids=named)
def test_what_the_page_shows_is_what_is_printed(clone, session):
    for step in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, shown = step.partition("\n")
        ended = clone.run(command)
        assert ended.stdout + ended.stderr == shown
