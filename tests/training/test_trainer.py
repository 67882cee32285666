import signal

import pytest
import torch

from tests.synthetic import make_config
from tests.training.settings import MADE
from trainyard.config.schema.accelerator import Accelerator
from trainyard.training.fit import fit
from trainyard.training.plan import plan_run
from trainyard.training.trainer import build_trainer, quiet_lightning


def trainer(**settings):
    with quiet_lightning():
        return build_trainer(plan_run(make_config(**settings), MADE["classes"], torch.device("cpu")))


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("32", "32-true"),
        ("64", "64-true"),
        ("bf16-mixed", "bf16-mixed"),
        ("bf16-true", "bf16-true"),
        ("tf32", "32-true"),
    ],
)
def test_precision_is_lightnings(asked, given):
    assert trainer(accelerator=Accelerator(name="cpu", threads=1, precision=asked)).precision == given


def test_one_device_is_no_job_of_slurms_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("SLURM_NTASKS", "4")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.setenv("SLURM_JOB_NAME", "train")
    assert trainer().world_size == 1


def test_processes_that_share_a_training_are_lightnings_ddp():
    shared = trainer(accelerator=Accelerator(name="ddp_cpu", threads=1, processes=3))
    assert (type(shared.strategy).__name__, shared.num_devices) == ("DDPStrategy", 3)


def test_arguments_are_handed_on():
    assert trainer(trainer={"detect_anomaly": True})._detect_anomaly
    assert type(trainer(trainer={"profiler": "simple"}).profiler).__name__ == "SimpleProfiler"


def test_signals_are_left_to_the_loop():
    before = signal.getsignal(signal.SIGTERM)
    seen = []
    plan = plan_run(make_config(max_epochs=1), MADE["classes"], torch.device("cpu"))
    fit(plan, on_step=lambda *_: seen.append(signal.getsignal(signal.SIGTERM)))
    assert set(seen) == {before}
