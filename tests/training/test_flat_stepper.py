"""The fast stepper, held to the reference: one suite for all that both have to get right."""

import pytest
import torch
from torch.nn.utils import parameters_to_vector

from tests.synthetic import make_config
from tests.training.settings import MADE, TRAININGS
from trainyard.config.schema.optimization import Sgd
from trainyard.training import flat_stepper, plan, products
from trainyard.training.fit import fit
from trainyard.training.member import weights_of
from trainyard.training.passes import Passes
from trainyard.training.plan import plan_run

CPU = torch.device("cpu")


def train(name, **more):
    data, settings = TRAININGS[name]
    return fit(plan_run(make_config(**{**settings, **more}), MADE[data], CPU))


def bits(fitted):
    return torch.cat([tensor.double().flatten() for tensor in weights_of(fitted.model.network)]).tolist()


@pytest.mark.parametrize("name", TRAININGS)
def test_it_gives_what_the_reference_gives(name):
    fast, reference = train(name, engine="fast"), train(name, engine="reference")
    assert (fast.member.step, fast.member.epoch, fast.reason) == (
        reference.member.step, reference.member.epoch, reference.reason,
    )  # fmt: skip
    tolerance = {"rtol": 2e-2, "atol": 2e-2} if name == "16 bits" else {"rtol": 1e-4, "atol": 1e-5}
    for ours, theirs in zip(weights_of(fast.model.network), weights_of(reference.model.network), strict=True):
        torch.testing.assert_close(ours, theirs, **tolerance)
    for ours, theirs in zip(fast.member.history, reference.member.history, strict=True):
        assert ours["train/loss"] == pytest.approx(theirs["train/loss"], rel=1e-2 if name == "16 bits" else 1e-4)
        assert ours["train/lr"] == theirs["train/lr"]


@pytest.mark.parametrize("name", TRAININGS)
def test_recorded_passes_give_the_same_bits(name, monkeypatch):
    plain = train(name)
    monkeypatch.setattr(flat_stepper, "RECORD_FROM", 1)
    monkeypatch.setattr(flat_stepper, "RECORD_AFTER", 1)
    recorded = []
    real = flat_stepper.record
    monkeypatch.setattr(flat_stepper, "record", lambda *arguments: recorded.append(real(*arguments)) or recorded[-1])
    played = train(name)
    assert recorded
    assert all(recorded)
    assert bits(played) == bits(plain)
    assert played.member.history == plain.member.history


@pytest.mark.parametrize("recorded", [False, True], ids=["by autograd", "recorded"])
@pytest.mark.parametrize(
    ("name", "ways"),
    [("plain", Passes(one_dnn=True)), ("plain", Passes(bf16=True)), ("images", Passes(channels_last=True)),
     ("images", Passes(bf16=True)), ("colors", Passes(channels_last=True)),
     ("colors", Passes(bf16=True, channels_last=True))],
)  # fmt: skip
def test_faster_passes_give_what_plain_ones_give(name, ways, recorded, monkeypatch):
    """By an optimizer that moves weights by their gradients: Adam moves one by a small gradient as far as any other."""
    monkeypatch.setattr(plan, "choose_passes", lambda *_, **__: Passes())
    plain = train(name, optimizer=Sgd(lr=0.02))
    monkeypatch.setattr(plan, "choose_passes", lambda *_, **__: ways)
    monkeypatch.setattr(products, "WORTH", 0)
    if recorded:
        monkeypatch.setattr(flat_stepper, "RECORD_FROM", 1)
        monkeypatch.setattr(flat_stepper, "RECORD_AFTER", 1)
    faster = train(name, optimizer=Sgd(lr=0.02))
    assert all(tensor.is_contiguous() for tensor in weights_of(faster.model.network))
    ours, theirs = (parameters_to_vector(fitted.model.network.parameters()) for fitted in (faster, plain))
    assert torch.linalg.vector_norm(ours - theirs) < (0.01 if ways.bf16 else 1e-5) * torch.linalg.vector_norm(theirs)
    losses = [[row["val/loss"] for row in fitted.member.history] for fitted in (faster, plain)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-2 if ways.bf16 else 1e-4)
    if ways != Passes(channels_last=True):
        assert bits(faster) != bits(plain)


def test_a_short_training_records_nothing(monkeypatch):
    monkeypatch.setattr(flat_stepper, "record", lambda *_: pytest.fail("recorded"))
    train("plain")


def test_a_training_that_may_end_early_records_late(monkeypatch):
    monkeypatch.setattr(flat_stepper, "RECORD_AFTER", 30)
    seen = []
    monkeypatch.setattr(flat_stepper, "record", lambda model, device, minibatch, *_: seen.append(minibatch.rows))
    train("plain", max_epochs=10**6, patience=1, min_delta=100.0)
    assert seen == []
    train("plain", max_epochs=10**6, patience=2, min_delta=100.0)
    assert seen == [16]  # 13 minibatches an epoch, of which 12 have 16 rows


def test_where_a_pass_cannot_be_recorded_autograd_goes_on(monkeypatch):
    plain = train("plain")
    monkeypatch.setattr(flat_stepper, "RECORD_FROM", 1)
    monkeypatch.setattr(flat_stepper, "RECORD_AFTER", 1)
    monkeypatch.setattr(flat_stepper, "record", lambda *_: None)
    assert bits(train("plain")) == bits(plain)


def test_frozen_parameters_stay(monkeypatch):
    made = plan_run(make_config(engine="fast"), MADE["classes"], CPU)
    build, before = type(made).build_model, {}

    def frozen(self):
        model = build(self)
        weight = model.network.output.weight.requires_grad_(False)
        before["weight"] = weight.clone()
        return model

    monkeypatch.setattr(type(made), "build_model", frozen)
    fitted = fit(made)
    assert torch.equal(fitted.model.network.output.weight, before["weight"])
    assert fitted.member.history[-1]["train/loss"] < fitted.member.history[0]["train/loss"]
