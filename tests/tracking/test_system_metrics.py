"""What a training uses of its machine, sampled by the mirror."""

import os
import subprocess
import sys
import time

import pytest

from tests.tracking.runs import create, in_mlflow, kill, writer
from trainyard.tracking import system_metrics
from trainyard.tracking.delivery import Delivery
from trainyard.tracking.reading import first_record
from trainyard.tracking.system_metrics import SystemWatch, gpus, memory

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # MLflow's use of pandas

BUSY = "\nwhile True: pass"
WITH_A_CHILD = """
import subprocess, sys
with subprocess.Popen([sys.executable, "-c", "import sys; held = b'x' * 50_000_000; sys.stdin.read()"],
                      stdin=subprocess.PIPE):
    sys.stdin.readline()
"""
AS_THE_MIRROR = """
import os
from trainyard.tracking.system_metrics import tree
training = [each.pid for each in tree(os.getppid())]
print(os.getppid() in training, os.getpid() in training)
"""
SMI = """#!/bin/sh
echo "0, 87, 1024, 81559, 512.25"
echo "1, [N/A], 0, 81559, [N/A]"
"""


@pytest.fixture
def busy(tmp_path):
    """A run whose process computes on one core, and its first record."""
    process = writer(tmp_path / "a", then=BUSY)
    yield tmp_path / "a", first_record(tmp_path / "a")
    kill(process)


def sampled(watch, folder, begin, count=1):
    """Look until there are so many samples; return them by step."""
    rows = []
    until = time.monotonic() + 30
    while len({step for _, _, _, step in rows}) < count and time.monotonic() < until:
        watch.look([begin], folder)
        rows += watch.take(everything=True)
        time.sleep(0.05)
    return rows


def test_a_sample_has_mlflows_names_and_the_use_of_the_training_alone(busy, monkeypatch):
    folder, begin = busy
    monkeypatch.setattr(system_metrics, "gpus", lambda: {"gpu_0_utilization_percentage": 50.0})
    values = {name: value for name, value, _, _ in sampled(SystemWatch(1.0), folder, begin)}
    assert set(values) == {
        "system/cpu_utilization_percentage", "system/system_memory_usage_megabytes",
        "system/system_memory_usage_percentage", "system/disk_usage_percentage", "system/disk_usage_megabytes",
        "system/disk_available_megabytes", "system/gpu_0_utilization_percentage",
    }  # fmt: skip
    assert 0 < values["system/cpu_utilization_percentage"] <= 120 / (os.cpu_count() or 1)
    assert 5 < values["system/system_memory_usage_megabytes"] < 500


def test_samples_have_the_age_of_the_run_as_their_step_and_come_every_so_many_seconds(busy):
    folder, begin = busy
    rows = sampled(SystemWatch(1.0), folder, {**begin, "time": begin["time"] - 100}, count=2)
    steps = sorted({step for _, _, _, step in rows})
    assert steps[0] >= 100
    times = sorted({when for _, _, when, _ in rows})
    assert times[1] - times[0] >= 950


def test_few_samples_wait_for_others_unless_all_are_asked_for(busy, monkeypatch):
    folder, begin = busy
    watch = SystemWatch(1.0)
    until = time.monotonic() + 30
    while not watch._rows and time.monotonic() < until:
        watch.look([begin], folder)
    assert watch.take(everything=False) == []
    monkeypatch.setattr(system_metrics, "BATCH_SECONDS", -1.0)
    assert len(watch.take(everything=False)) >= 6
    assert watch.take(everything=True) == []


def test_a_process_that_is_gone_gives_no_sample(tmp_path):
    process = writer(tmp_path / "a")
    begin = first_record(tmp_path / "a")
    kill(process)
    watch = SystemWatch(0.0)
    for _ in range(3):
        watch.look([begin], tmp_path)
    assert watch.take(everything=True) == []


def test_processes_that_were_started_belong_to_the_training_but_not_the_mirror():
    process = subprocess.Popen([sys.executable, "-c", WITH_A_CHILD], stdin=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 30
        while memory(process.pid)["system_memory_usage_megabytes"] < 60 and time.monotonic() < until:
            time.sleep(0.05)
        assert memory(process.pid)["system_memory_usage_megabytes"] >= 60
    finally:
        process.communicate("\n\n", timeout=30)
    mirror = [sys.executable, "-c", AS_THE_MIRROR]
    assert subprocess.run(mirror, capture_output=True, text=True, check=True).stdout == "True False\n"


def test_gpus_are_told_by_nvidia_smi(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpus() == {}
    program = tmp_path / "nvidia-smi"
    program.write_text(SMI)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert gpus() == {
        "gpu_0_utilization_percentage": 87.0, "gpu_0_memory_usage_megabytes": 1073.7,
        "gpu_0_memory_usage_percentage": 1.3, "gpu_0_power_usage_watts": 512.25,
        "gpu_1_memory_usage_megabytes": 0.0, "gpu_1_memory_usage_percentage": 0.0,
    }  # fmt: skip
    program.write_text("#!/bin/sh\nexit 9\n")
    assert gpus() == {}


def test_samples_reach_mlflow_at_the_end_at_the_latest(store, root, files, monkeypatch):
    monkeypatch.setattr(system_metrics, "FIRST_SECONDS", 0.0)
    journal = create(root / "a", name="a")
    delivery = Delivery(root / "a", store, files, watch=SystemWatch(0.1))
    for _ in range(3):
        delivery.step()
        time.sleep(0.2)
    journal.end("FINISHED")
    delivery.step()
    delivery.finish()
    (run,) = in_mlflow(store)
    rows = run["rows"]["system/system_memory_usage_megabytes"]
    assert len(rows) >= 2
    assert float(rows[0][2]) > 0
