"""`trainyard benchmark`: what it refuses, what it prints and keeps, and what ends it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands.project import Project
from trainyard.benchmark import run
from trainyard.benchmark.engines import Spec
from trainyard.benchmark.rows import Row
from trainyard.benchmark.run import Asked, Benchmark
from trainyard.benchmark.timing import Timing
from trainyard.verbs.cli import run_command

Capture = pytest.CaptureFixture[str]
MACHINE = {"processor": "made", "cores": 2, "gpu": None, "versions": {}}


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["quik"], "quik: is neither quick nor key=value; did you mean quick?"),
        (["budget"], "budget: has no value; write budget=90s"),
        (["resume=latest"], "resume=latest: is no key of trainyard benchmark; it belongs to trainyard train"),
        (["buget=1m"], "buget=1m: no such key; did you mean budget?"),
        (["budget=soon"], "budget=soon: 'soon' is no time"),
        (["budget=9s"], "budget=9s: must be at least 10s"),
        (["sizes=1,0,x"], "sizes=1,0,x: 0 is no whole number from 1 to 16,384\n  sizes=1,0,x: x is no whole"),
        (["sizes=20000"], "sizes=20000: 20000 is no whole number from 1 to 16,384"),
        (["sizes=20000000", "dataset=iris"], "20000000 is no whole number from 1 to 16,777,216"),
        (["budget=1h1h"], "budget=1h1h: '1h1h' has a unit twice or out of order"),
        (["engines=nunpy"], "engines=nunpy: nunpy is none of numpy, scikit-learn, torch, compiled, captured and"),
        (["engines=nunpy"], "did you mean numpy?"),
        (["networks=784-500"], "did you mean 784-500-10?"),
        (["networks=784-10", "dataset=iris"], "networks=784-10: is for simulated rows"),
        (["dataset=iriss"], "no such dataset; did you mean iris?"),
        (["dataset=iris", "network.hiden=[3]"], "did you mean network.hidden"),
        (["dataset=iris", "accelerator.precision=64"], "compared in 32 bits"),
        (["dataset=iris", "accelerator=ddp_cpu"], "trainyard benchmark measures one device; take accelerator=cpu or"),
        (["budget=1m", "budget=2m"], "budget=2m: budget is there twice"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(project: Path, argv: list[str], told: str, capsys: Capture) -> None:
    assert run_command(["benchmark", *argv]) == 2
    assert told in capsys.readouterr().err
    assert not (project / ".trainyard" / "benchmark").exists()


def test_output_is_checked_before_anything_is_measured(
    project: Path, measured: list[Asked], tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "table.csv"
    file.write_text("1,2")
    for place, told in ((file, "is a file; name a folder"), (Path("/proc/new"), "cannot be written")):
        assert run_command(["benchmark", f"output={place}"]) == 2
        assert f"output={place}: {told}" in capsys.readouterr().err
    assert not measured
    assert file.read_text() == "1,2"


def test_a_disk_that_is_full_at_the_end_leaves_the_table(
    project: Path, measured: list[Asked], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def full(found: Benchmark, folder: Path) -> list[Path]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Benchmark, "keep", full)
    assert run_command(["benchmark"]) == 1
    told = capsys.readouterr()
    assert "torch, 1 thread          3.00*" in told.out
    assert "the files could not be written (No space left on device)" in told.err


def test_help_names_every_key(capsys: Capture) -> None:
    assert run_command(["benchmark", "--help"]) == 0
    printed = capsys.readouterr().out
    assert all(key in printed for key in ("quick", "budget", "sizes", "engines", "networks", "output", "tracking"))


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    """Measure nothing, note what was asked for, and make two rows up, the second wrong where sizes=2."""
    noted: list[Asked] = []

    def made_up(asked: Asked, begins: object) -> Benchmark:
        noted.append(asked)
        speed = Timing((1.0, 1.0))
        rows = (Row("784-500-10", 60, Spec("numpy"), 10, speed),
                Row("784-500-10", 60, Spec("torch"), 30, speed, wrong=asked.sizes == (2,)))  # fmt: skip
        return Benchmark(rows, MACHINE, "In plain words.", "Starting took long.")

    monkeypatch.setattr(run, "run_benchmark", made_up)
    return noted


def test_without_choices_the_networks_of_the_benchmark_are_measured(
    project: Path, measured: list[Asked], capsys: Capture
) -> None:
    assert run_command(["benchmark"]) == 0
    printed = capsys.readouterr().out
    assert "torch, 1 thread          3.00*" in printed
    assert "In plain words.\n\nnote       Starting took long.\n" in printed
    folder = next((project / ".trainyard" / "benchmark").iterdir())
    assert f"table      {folder / 'benchmark.csv'}\n" in printed
    assert {file.name for file in folder.iterdir()} == {"benchmark.csv", "benchmark.json", "benchmark.png"}
    assert (measured[0].prepared, measured[0].budget, measured[0].quick) == (None, 300, False)
    assert measured[0].spent > 0


def test_quick_and_the_keys_are_handed_on(project: Path, measured: list[Asked], tmp_path: Path) -> None:
    words = ["quick", "sizes=60,1,60", "engines=torch,numpy", "networks=784-10", f"output={tmp_path / 'here'}"]
    assert run_command(["benchmark", *words, "tracking=off"]) == 0
    asked = measured[0]
    assert (asked.quick, asked.budget, asked.sizes, asked.kinds, asked.networks) == (
        True, 30, (1, 60), ("numpy", "torch"), ("784-10",),
    )  # fmt: skip
    assert (tmp_path / "here" / "benchmark.csv").exists()


def test_choices_of_a_training_are_measured_on_their_own_rows(project: Path, measured: list[Asked]) -> None:
    assert run_command(["benchmark", "dataset=iris", "training.batch_size=32", "budget=1m"]) == 0
    asked = measured[0]
    assert asked.prepared is not None
    assert (asked.prepared.dataset_name, asked.config.training.batch_size, asked.budget) == ("iris", 32, 60)


def test_a_wrong_engine_makes_the_exit_code_1(project: Path, measured: list[Asked], capsys: Capture) -> None:
    assert run_command(["benchmark", "sizes=2"]) == 1
    assert "wrong" in capsys.readouterr().out


@pytest.mark.slow
def test_a_real_one_measures_an_experiment_with_every_kind_of_engine(tmp_path: Path) -> None:
    project = Project(tmp_path)
    done = project.verb("benchmark", "dataset=iris", "network=mlp", "network.hidden=[8]", "training.batch_size=16",
                        "engines=numpy,scikit-learn,torch,trainyard", "budget=1m", "output=found")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "On iris, mlp with 16 rows a batch NumPy trains" in " ".join(done.stdout.split())
    lines = (tmp_path / "found" / "benchmark.csv").read_text().splitlines()
    assert all(",True," in line for line in lines[1:])
    assert not list(tmp_path.glob("runs/*"))


@pytest.mark.slow
def test_ctrl_c_ends_the_engines_too(tmp_path: Path) -> None:
    project = Project(tmp_path)
    command = [sys.executable, "-m", "trainyard", "benchmark", "networks=784-10", "engines=torch"]
    started = subprocess.Popen(command, cwd=tmp_path, env=project.environment(), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    deadline = time.monotonic() + 60
    while not children_of(started.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    engines = children_of(started.pid)
    assert engines
    started.send_signal(signal.SIGINT)
    started.communicate(timeout=60)
    assert started.returncode == 130
    while [engine for engine in engines if alive(engine)] and time.monotonic() < deadline:
        time.sleep(0.1)  # one that was only just begun ends when it finds its parent gone
    assert not [engine for engine in engines if alive(engine)]


def children_of(process: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
