import json
import subprocess
import sys

import pytest

from trainyard.config.schema.dataset import Csv, Salmon
from trainyard.data.request import Request
from trainyard.data.store import load

COMMAND = [sys.executable, "-P", "-m", "trainyard.data.child"]


def run(folder, dataset, **options):
    (folder / "request.json").write_text(Request(dataset, "auto", double=False).to_json())
    return subprocess.run([*COMMAND, str(folder)], capture_output=True, text=True, check=False, timeout=30, **options)


@pytest.fixture
def parent():
    """A standard input that stays open, as that of a parent who lives."""
    with subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE) as sleeper:
        yield sleeper.stdout
        sleeper.kill()


def test_fills_an_entry(tmp_path, parent):
    salmon = Salmon(name="salmon", target=("length_mm",), rows=40)
    done = run(tmp_path, salmon, stdin=parent)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sum(load(tmp_path / "entry", "key", salmon).summary.rows.values()) == 40


def test_hands_back_faults(tmp_path, parent):
    done = run(tmp_path, Csv(name="fish", target=("b",), path=str(tmp_path)), stdin=parent)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")
    [fault] = json.loads((tmp_path / "faults.json").read_text())
    assert fault == f"{tmp_path} is a folder, but dataset.path names one file. It holds no such file."
    assert not (tmp_path / "entry").exists()


def test_ends_without_a_parent(tmp_path):
    done = run(tmp_path, Salmon(name="salmon", target=("length_mm",), rows=3_000_000), stdin=subprocess.DEVNULL)
    assert done.returncode == 1
    assert not (tmp_path / "entry").exists()
