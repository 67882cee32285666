"""The plan of a case: its device, threads and precision, and no dropout."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from trainyard.benchmark.engines import Spec
from trainyard.benchmark.settled import settle


def test_a_plan_has_the_threads_and_the_precision_of_its_engine(laid_out):
    plan = settle(laid_out("linear"), Spec("torch", precision="bf16-mixed"), 64, max_steps=3)
    assert (plan.device.threads, plan.device.precision, plan.device.torch.type) == (1, "bf16-mixed", "cpu")
    assert plan.total_steps == 3
    assert len(plan.prepared.train.y) == 64


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_dropout_is_off_and_the_weights_are_those_of_the_seed(laid_out, kind):
    case = laid_out(kind)
    network = {**case.config["network"], "dropout": 0.5, "hidden": [8]}
    plan = settle(replace(case, config={**case.config, "network": network}), Spec("torch"), 64)
    one, two = plan.build_model(), plan.build_model()
    found = [module.p for module in one.network.modules() if isinstance(module, nn.Dropout)]
    assert found
    assert set(found) == {0.0}
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
