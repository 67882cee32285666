"""Fitting as a whole: what must be equal is equal to the bit, and every setting does what it says."""

import os
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch
from pytorch_lightning.plugins.precision import MixedPrecision
from torch import nn

from tests.data.tables import csv, source_of
from tests.synthetic import make_config, make_images, make_prepared
from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.model import Classifier, Cnn, ExtraMetric, Layers, Linear, Mlp, Regressor, ResNet
from trainyard.config.schema.optimization import Adam, Cosine, OneCycle, Plateau, Sgd, Step
from trainyard.data.assemble import assemble
from trainyard.training.fit import fit
from trainyard.training.member import weights_of
from trainyard.training.plan import plan_run
from trainyard.training.stop import Stop, stop_on_signals

CPU = torch.device("cpu")
PREPARED = make_prepared()
DROPOUT = Mlp(hidden=(16, 16), dropout=0.3, normalization="batch", residual=True)


def run(prepared=PREPARED, *, stop=None, seen=None, **settings):
    plan = plan_run(make_config(**settings), prepared, CPU)
    collect = [] if seen is None else seen
    return fit(plan, stop, on_step=lambda epoch, batch: collect.append((epoch, batch)))


def bits(fitted):
    weights = torch.cat([tensor.double().flatten() for tensor in weights_of(fitted.model.network)])
    return weights.tolist(), fitted.member.history


@pytest.mark.parametrize(
    "settings",
    [
        {"network": DROPOUT},
        {"network": DROPOUT, "accelerator": Accelerator(name="cpu", threads=1, precision="bf16-mixed")},
        {"accumulate": 3, "clip_norm": 0.5, "schedule": OneCycle(warmup_steps=2), "max_steps": 11},
        {"optimizer": Sgd(), "schedule": Plateau(patience=0)},
    ],
)
def test_how_an_epoch_is_cut_never_changes_a_bit(settings):
    whole = bits(run(block=1000, **settings))
    assert all(bits(run(block=block, **settings)) == whole for block in (1, 7, "auto"))


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    torch.manual_seed(1)
    first = bits(run(network=DROPOUT, seed=0))
    torch.manual_seed(2)
    assert bits(run(network=DROPOUT, seed=0)) == first
    assert bits(run(network=DROPOUT, seed=1))[0] != first[0]


def test_it_equals_a_plain_loop_of_torch():
    settings = {"optimizer": Adam(lr=0.01), "network": Linear(), "restore_best": False, "max_epochs": 2}
    fitted = run(**settings, block=4, engine="reference")
    plan = plan_run(make_config(optimizer=Adam(lr=0.01), network=Linear(), max_epochs=2), PREPARED, CPU)
    network, minibatches = plan.build_model().network, plan.open_training()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01, fused=True)
    for epoch in range(2):
        for minibatch in minibatches.read(epoch):
            nn.functional.cross_entropy(network(minibatch.x), minibatch.y).backward()
            optimizer.step()
            optimizer.zero_grad()
    theirs = torch.cat([tensor.flatten() for tensor in weights_of(network)])
    ours = torch.cat([tensor.flatten() for tensor in weights_of(fitted.model.network)])
    assert torch.equal(ours, theirs)


STACK = {"d1": {"type": "Linear", "out_features": 16}, "a1": {"type": "ReLU"}, "drop1": {"type": "Dropout", "p": 0.3},
         "d2": {"type": "Linear", "out_features": 8}, "a2": {"type": "ReLU"}, "drop2": {"type": "Dropout", "p": 0.3}}


@pytest.mark.parametrize("settings", [{}, {"clip_norm": 0.5, "optimizer": Sgd()}])
def test_a_stack_of_layers_trains_to_the_same_bits_as_mlp(settings):
    prepared = make_prepared(categories=(4, 7))
    usual = bits(run(prepared, network=Mlp(hidden=(16, 8), dropout=0.3), **settings))
    assert bits(run(prepared, network=Layers(layers=STACK), **settings)) == usual


def test_a_frozen_layer_stays_and_a_slow_one_moves_less():
    def moved(**values):
        layers = {**STACK, "d1": {**STACK["d1"], **values}}
        fitted = run(network=Layers(layers=layers), optimizer=Sgd(lr=0.01), max_steps=1, restore_best=False)
        start = plan_run(make_config(network=Layers(layers=layers)), PREPARED, CPU).build_model()
        after, before = (model.network.layers["d1"].weight for model in (fitted.model, start))
        return (after - before).norm().item()

    assert moved(lr_multiplier=0) == 0
    assert moved(lr_multiplier=0.5) == pytest.approx(moved() / 2, rel=1e-3)


def test_a_penalty_keeps_weights_small_and_out_of_the_validation():
    def fitted(**values):
        layers = {**STACK, "d1": {**STACK["d1"], **values}}
        return run(network=Layers(layers=layers), max_epochs=5, restore_best=False)

    free, small = fitted(), fitted(regularization={"l2": 0.1})
    weights = [each.model.network.layers["d1"].weight.norm() for each in (free, small)]
    assert weights[1] < weights[0] / 2
    assert small.member.history[0]["train/loss"] > small.member.history[0]["val/loss"] + 0.3


def test_accumulation_is_one_step_on_the_larger_batch():
    small = run(optimizer=Sgd(lr=0.1), network=Linear(), batch_size=20, accumulate=5, restore_best=False)
    large = run(optimizer=Sgd(lr=0.1), network=Linear(), batch_size=100, restore_best=False)
    assert small.member.step == large.member.step == 6
    for ours, theirs in zip(weights_of(small.model.network), weights_of(large.model.network), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_the_remainder_of_an_epoch_makes_a_step_of_its_own():
    assert run(batch_size=30, accumulate=4, max_epochs=1).member.step == 2  # 7 minibatches: 4 and 3


def test_clipping_bounds_the_step():
    free = run(optimizer=Sgd(lr=1.0, momentum=0, nesterov=False), network=Linear(), max_steps=1, restore_best=False)
    clipped = run(
        optimizer=Sgd(lr=1.0, momentum=0, nesterov=False), network=Linear(), max_steps=1, restore_best=False,
        clip_norm=0.01,
    )  # fmt: skip
    start = plan_run(make_config(network=Linear()), PREPARED, CPU).build_model()

    def moved(fitted):
        pairs = zip(weights_of(fitted.model.network), weights_of(start.network), strict=True)
        return sum(((a - b) ** 2).sum() for a, b in pairs).sqrt().item()

    assert moved(free) > 0.1
    assert moved(clipped) == pytest.approx(0.01, rel=1e-4)


def test_max_steps_is_exact_within_an_epoch_and_ends_with_a_validation():
    fitted = run(max_steps=17, max_epochs=None)
    assert (fitted.member.step, fitted.reason, fitted.member.epoch) == (17, "max_steps", 2)
    assert fitted.rows == 17 * 16 - 8  # 200 rows are 12 minibatches of 16 and one of 8
    assert [row["epoch"] for row in fitted.member.history] == [1, 2]


def test_the_deadline_is_exact_to_a_minibatch():
    class Clock(Stop):
        polls = 0

        def poll(self):
            self.polls += 1
            if self.polls == 5:
                self.limit(0)
            return super().poll()

    fitted = run(stop=Clock(), block=1000, max_epochs=None, max_steps=None, max_time="1h")
    assert (fitted.member.step, fitted.reason) == (5, "max_time")


def test_early_stopping_waits_for_its_patience():
    fitted = run(optimizer=Sgd(lr=1e-9), patience=3, min_delta=0.1, max_epochs=50)
    assert (fitted.reason, fitted.member.epoch, fitted.member.best_epoch) == ("early_stopping", 4, 1)


def test_the_best_weights_are_restored_or_the_last_kept():
    settings = {"optimizer": Sgd(lr=3.0), "max_epochs": 4, "patience": None, "network": Linear()}
    best, last = run(**settings), run(**settings, restore_best=False)
    assert best.member.best_epoch < 4
    assert bits(best)[0] != bits(last)[0]
    assert bits(best)[1] == bits(last)[1]


def test_validation_can_be_rarer_and_always_ends_a_training():
    fitted = run(validate_every=2, max_epochs=5)
    assert [row["epoch"] for row in fitted.member.history] == [2, 4, 5]


@pytest.mark.parametrize(("schedule", "last"), [(Cosine(), 0.0), (OneCycle(final_factor=0.5), 0.5)])
def test_the_schedule_steers_each_step(schedule, last):
    fitted = run(schedule=schedule, max_epochs=2)
    assert fitted.member.history[-1]["train/lr"] == pytest.approx(0.01 * last, abs=1e-9)


def test_double_precision_trains_in_64_bits():
    settings = {"accelerator": Accelerator(name="cpu", threads=1, precision="64")}
    fitted = run(make_prepared(double=True), **settings)
    assert {tensor.dtype for tensor in fitted.model.network.parameters()} == {torch.float64}


def test_bf16_stays_close_to_32_bits():
    mixed = run(accelerator=Accelerator(name="cpu", threads=1, precision="bf16-mixed"), clip_norm=1.0)
    full = run(clip_norm=1.0)
    assert {tensor.dtype for tensor in mixed.model.network.parameters()} == {torch.float32}
    assert mixed.member.history[-1]["val/loss"] == pytest.approx(full.member.history[-1]["val/loss"], abs=0.05)
    assert mixed.member.history[-1]["train/loss"] != full.member.history[-1]["train/loss"]


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
@pytest.mark.parametrize("targets", [1, 3])
def test_a_regressor_learns_one_or_several_targets(loss, targets):
    prepared = make_prepared("regression", targets=targets, weighted=True, categories=(4, 50))
    fitted = run(prepared, model=Regressor(loss=loss), max_epochs=30)
    assert fitted.member.history[-1]["val/r2"] > 0.5


@pytest.mark.parametrize("classes", [2, 4])
def test_a_classifier_learns_with_weights_and_categories(classes):
    prepared = make_prepared(classes=classes, weighted=True, categories=(3,))
    fitted = run(prepared, model=Classifier(class_weights="balanced", label_smoothing=0.05), max_epochs=30)
    assert fitted.member.history[-1]["val/accuracy"] > 0.75


def test_overfitting_the_first_minibatches_reaches_a_loss_near_zero():
    fitted = run(overfit_batches=1, max_epochs=200, patience=None, optimizer=Adam(lr=0.02))
    assert fitted.member.history[-1]["train/loss"] < 0.02
    assert fitted.member.history[-1]["val/accuracy"] == 1
    assert fitted.rows == 200 * 16


def test_a_limit_of_batches_shortens_the_epoch():
    assert run(limit_batches=2, max_epochs=3).member.step == 6


def test_a_loss_that_is_no_number_ends_the_training_with_the_best_so_far():
    prepared = make_prepared("regression")
    fitted = run(prepared, optimizer=Sgd(lr=1e6, momentum=0, nesterov=False), network=Linear(), max_epochs=100)
    assert fitted.reason == "diverged"


def test_a_signal_ends_it_within_a_block():
    stop = Stop()
    with stop_on_signals(stop):
        plan = plan_run(make_config(max_epochs=10**6, patience=None, block=1), PREPARED, CPU)
        fitted = fit(plan, stop, on_step=lambda epoch, _: epoch == 2 and os.kill(os.getpid(), signal.SIGINT))
    assert fitted.reason == "interrupted"
    assert fitted.member.epoch <= 4
    assert fitted.member.best_weights


def test_after_each_block_its_end_is_told():
    seen = []
    run(block=5, max_epochs=1, seen=seen)
    assert seen == [(0, 5), (0, 10), (0, 13)]


def test_lightning_says_nothing(capfd):
    run(max_epochs=1)
    assert capfd.readouterr() == ("", "")


def test_rows_larger_than_memory_train_to_the_same_bits(monkeypatch):
    whole = bits(run())
    monkeypatch.setattr("trainyard.training.accelerator.RESIDENT_SHARE", 0.0)
    assert bits(run()) == whole


def test_plans_do_not_share_state():
    plan = plan_run(make_config(), PREPARED, CPU)
    assert bits(fit(plan)) == bits(fit(replace(plan)))


@pytest.mark.parametrize("clip_norm", [None, 0.05])
def test_with_a_scaled_loss_the_steps_are_those_of_32_bits(clip_norm):
    """The way of 16-mixed, without a GPU: a scale on the loss, which must be gone before clipping and the update."""
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10)
    plugin = MixedPrecision("16-mixed", "cpu", scaler=scaler)
    settings = {"clip_norm": clip_norm, "optimizer": Sgd(lr=0.1)}
    half = Accelerator(name="cpu", threads=1, precision="16-mixed")
    scaled = fit(plan_run(make_config(**settings, accelerator=half), PREPARED, CPU), plugins=[plugin])
    plain = run(**settings)
    assert scaler.get_scale() > 1
    assert scaled.member.step == plain.member.step
    for ours, theirs in zip(weights_of(scaled.model.network), weights_of(plain.model.network), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0.05, atol=0.02)


def test_16_bits_through_and_through_learn():
    fitted = run(accelerator=Accelerator(name="cpu", threads=1, precision="bf16-true"), max_epochs=20)
    assert {tensor.dtype for tensor in fitted.model.network.parameters()} == {torch.bfloat16}
    assert fitted.member.history[-1]["val/accuracy"] > 0.75


@pytest.mark.slow
def test_a_compiled_network_keeps_its_names_and_learns_the_same():
    compiled, plain = run(compile=True, network=DROPOUT), run(network=DROPOUT)
    assert compiled.model.network.state_dict().keys() == plain.model.network.state_dict().keys()
    assert compiled.member.history[-1]["train/loss"] == pytest.approx(plain.member.history[-1]["train/loss"], rel=0.3)


@pytest.mark.parametrize("network", [Cnn(widths=(8,), hidden=(16,)), ResNet(widths=(4, 8))])
def test_networks_for_images_learn(network):
    fitted = run(make_images(), network=network, max_epochs=8)
    assert fitted.member.history[-1]["val/accuracy"] > 0.9


def test_a_step_schedule_counts_epochs():
    fitted = run(schedule=Step(every=2, factor=0.5), max_epochs=5)
    rates = [row["train/lr"] for row in fitted.member.history]
    assert rates == pytest.approx([0.01, 0.005, 0.005, 0.0025, 0.0025])


def test_a_metric_of_ones_own_may_be_monitored():
    metric = ExtraMetric(_target_="tests.networks.own.share_right")
    fitted = run(model=Classifier(extra_metrics={"share": metric}), trusted=("tests",), monitor="val/share")
    history = fitted.member.history
    assert [row["val/share"] for row in history] == pytest.approx([row["val/accuracy"] for row in history])
    assert fitted.member.best_value == max(row["val/share"] for row in history)


def test_log_targets_beat_plain_ones_where_they_are_skewed():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 2))
    source = source_of({"a": x[:, 0], "b": x[:, 1], "y": np.exp(2 * x[:, 0] + x[:, 1] + 0.1 * rng.normal(size=600))})
    errors = {}
    for transform in ("none", "log"):
        made = assemble(source, csv("y"), "auto", False, transform)
        prepared = replace(
            make_prepared("regression"), train=made.train, val=made.val, test=made.test, numeric=2,
            target_mean=made.target_mean, target_scale=made.target_scale, target_powers=made.target_powers,
        )  # fmt: skip
        errors[transform] = run(prepared, network=Linear(), max_epochs=10).member.history[-1]["val/medae"]
    assert errors["log"] < 0.2 * errors["none"]
