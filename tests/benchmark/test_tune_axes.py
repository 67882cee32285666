from dataclasses import replace

import pytest
import torch

from tests.synthetic import make_config, make_images, make_prepared
from trainyard.benchmark import tune_axes as module
from trainyard.benchmark.tune_axes import axes, overrides, with_setting
from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.model import Cnn
from trainyard.training.accelerator import Device
from trainyard.training.plan import plan_run


@pytest.fixture(autouse=True)
def _six_cores(monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: 6)


def make_plan(prepared=None, **settings):
    return plan_run(make_config(**settings), prepared or make_prepared(), torch.device("cpu"))


def tried(plan, minibatches=1000):
    return {axis.key: axis.values for axis in axes(plan, minibatches)}


def test_what_is_tried_on_a_cpu_is_what_is_not_there_already():
    plan = make_plan(accelerator=Accelerator(name="cpu", threads=2))
    found = tried(plan)
    assert found["accelerator.threads"] == (1, 4, 6)
    assert "bf16-mixed" in found["accelerator.precision"]
    assert "tf32" not in found["accelerator.precision"]
    assert found["training.block"] == (16, 128)
    assert found["training.compile"] == (True,)
    assert next(iter(found)) == "accelerator.threads"


def test_what_is_there_already_may_be_anything():
    plan = make_plan(compile=True, block=16, accelerator=Accelerator(threads=3, precision="bf16-mixed"))
    found = tried(plan)
    assert found["training.compile"] == (False,)
    assert found["training.block"] == ("auto", 128)
    assert "32" in found["accelerator.precision"]
    assert found["accelerator.threads"] == (1, 2, 4, 6)


def test_blocks_that_are_longer_than_an_epoch_are_not_tried():
    assert "training.block" not in tried(make_plan(), 16)
    assert tried(make_plan(), 17)["training.block"] == (16,)


def test_a_precision_that_was_decided_on_stays():
    plan = make_plan(make_prepared(double=True), accelerator=Accelerator(threads=1, precision="64"))
    assert "accelerator.precision" not in tried(plan)


@pytest.mark.parametrize("bf16", [True, False])
def test_on_a_gpu_threads_stay_and_tf32_is_tried(monkeypatch, bf16):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bf16)
    plan = replace(make_plan(), device=Device(torch.device("cuda", 0), "a GPU", 1, "32"))
    found = tried(plan)
    assert "accelerator.threads" not in found
    assert ("accelerator.precision" in found) is bf16
    assert not bf16 or {"tf32", "bf16-mixed"} <= set(found["accelerator.precision"])


def test_the_layout_is_tried_where_there_is_such_a_key_and_images_go_through_convolutions():
    there = hasattr(Accelerator(), "layout")
    assert ("accelerator.layout" in tried(make_plan(make_images(), network=Cnn(widths=(4,), hidden=(8,))))) is there
    assert "accelerator.layout" not in tried(make_plan(make_images()))


def test_a_setting_is_taken_into_the_config_and_typed():
    setting = {"accelerator.threads": 2, "training.compile": True, "training.block": "auto"}
    config = with_setting(make_config(block=3), setting)
    assert (config.accelerator.threads, config.training.compile, config.training.block) == (2, True, "auto")
    assert config.training.batch_size == make_config().training.batch_size
    assert overrides(setting) == ["accelerator.threads=2", "training.compile=true", "training.block=auto"]
