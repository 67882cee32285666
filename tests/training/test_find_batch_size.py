import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.training import find_batch_size as module
from trainyard.training.accelerator import Device
from trainyard.training.find_batch_size import Clock, Trial, fastest, find_batch_size, suggested, trial
from trainyard.training.plan import plan_run

CPU = torch.device("cpu")


def plan(rows=1000):
    return plan_run(make_config(), make_prepared(rows=rows), CPU)


def on_gpu(made):
    """The plan as if it were one for a GPU; nothing is run on it."""
    from dataclasses import replace

    return replace(made, device=Device(torch.device("cuda", 0), "a GPU", 1, "32"))


def sizes(plan, speeds):
    """The sizes that are tried where each has a speed, None where it does not fit."""
    trials = find_batch_size(plan, seconds=0, try_size=lambda plan, size, seconds: Trial(size, speeds(size)))
    return [each.batch_size for each in trials], trials


def test_on_the_cpu_it_ends_where_doubling_twice_made_nothing_faster():
    tried, trials = sizes(plan(), lambda size: min(size, 64) * 10.0)
    assert tried == [16, 32, 64, 128, 256]
    assert suggested(trials, gpu=False).batch_size == 64


def test_it_ends_where_the_training_rows_are_one_minibatch():
    tried, trials = sizes(plan(rows=100), lambda size: float(size))
    assert tried == [16, 32, 64, 100]
    assert suggested(trials, gpu=False).batch_size == 100


def test_on_a_gpu_it_ends_where_memory_does_with_one_more_halfway():
    tried, trials = sizes(on_gpu(plan()), lambda size: 10.0 if size <= 200 else None)
    assert tried == [16, 32, 64, 128, 256, 192]
    assert suggested(trials, gpu=True).batch_size == 192
    assert fastest([each for each in trials if each.fits]).batch_size == 16


def test_where_nothing_fits_nothing_is_suggested():
    tried, trials = sizes(plan(), lambda size: None)
    assert tried == [16]
    assert suggested(trials, gpu=True) is None


def test_a_trial_trains_on_the_path_of_a_training_and_counts_its_rows():
    found = trial(plan(), 32, 0.01)
    assert (found.batch_size, found.memory, found.fits) == (32, None, True)
    assert found.rows_per_second > 0


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"),
                                   RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried")])  # fmt: skip
def test_a_batch_that_does_not_fit_is_told_and_another_failure_is_not_hidden(monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(module, "fit", fail)
    assert not trial(plan(), 32, 0.01).fits
    error = RuntimeError("something else")
    with pytest.raises(RuntimeError, match="something else"):
        trial(plan(), 32, 0.01)


def test_the_clock_runs_after_the_warm_up():
    clock = Clock(CPU, 0.0)
    assert [clock.step(8), clock.step(8)] == [False, False]
    assert clock.rows == 0
    assert clock.step(8)
    assert clock.rows == 8
