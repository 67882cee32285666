"""The plain torch loop: what a turn is, what it lays out, and which loss it takes."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from trainyard.benchmark.case import WEIGHTS
from trainyard.benchmark.engines import Spec, further
from trainyard.benchmark.settled import settle
from trainyard.benchmark.torch_engine import Loop, TorchEngine, has_bf16, lay_out, plain_loss

ON_GPU = further(1, ("torch", "captured"), gpu=True, bf16=False)


def test_each_turn_of_the_gate_is_an_epoch(laid_out, gate):
    played = gate(3)
    TorchEngine(Spec("torch")).train(laid_out("cnn"), played)
    assert played.closed == 3


@pytest.mark.gpu
@pytest.mark.parametrize("spec", ON_GPU, ids=lambda spec: spec.name)
def test_each_turn_of_the_gate_is_an_epoch_on_a_gpu(laid_out, gate, spec):
    played = gate(3)
    TorchEngine(spec).train(laid_out("mlp"), played)
    assert played.closed == 3


@pytest.mark.gpu
def test_a_captured_step_begins_at_the_initial_weights_and_takes_rows_of_another_number_by_the_usual_way(laid_out):
    spec = Spec("captured", "cuda")
    loop = Loop(settle(laid_out("mlp"), spec, 64), "captured")
    expected = Loop(settle(laid_out("mlp"), spec, 64), "torch")
    for rows in (16, 16, 5, 16):
        index = torch.arange(rows, device="cuda")
        assert float(loop.step(index)) == pytest.approx(float(expected.step(index)), rel=1e-4)


def test_it_says_how_much_a_network_multiplies_and_lays_out_weights_for_others(laid_out, workloads, tmp_path):
    linear = workloads["linear"].case(4, tmp_path)
    assert lay_out(linear, Spec("torch"))["multiplications"] == 784 * 10 + 10
    assert (Path(linear.folder) / WEIGHTS).exists()
    assert not (Path(laid_out("cnn").folder) / WEIGHTS).exists()


def test_the_loss_is_torchs_cross_entropy_or_the_models_own_where_there_is_more_to_it(laid_out):
    case = laid_out("linear")
    plan = settle(case, Spec("torch"), 64)
    model = plan.build_model()
    assert plain_loss(plan, model) != model.loss
    smoothed = {**case.config["model"], "label_smoothing": 0.1}
    other = settle(replace(case, config={**case.config, "model": smoothed}), Spec("torch"), 64)
    assert plain_loss(other, model) == model.loss


def test_whether_a_cpu_multiplies_in_bf16_is_yes_or_no():
    assert has_bf16() in (True, False)
