"""The stepper of captured graphs: on the CPU with a capture that does the work at each replay, and on a GPU."""

from dataclasses import replace

import pytest
import torch

from tests.synthetic import make_config
from tests.training.settings import MADE, TRAININGS
from trainyard.config.schema.accelerator import Accelerator
from trainyard.training import engine, flat_stepper, graph_stepper
from trainyard.training.fit import fit
from trainyard.training.graph_stepper import GraphStepper
from trainyard.training.member import weights_of
from trainyard.training.plan import plan_run

CPU = torch.device("cpu")
SINGLE = [name for name, (data, _) in TRAININGS.items() if data != "double"]


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(flat_stepper, "RECORD_FROM", 1)
    monkeypatch.setattr(flat_stepper, "RECORD_AFTER", 1)


@pytest.fixture
def captured(monkeypatch):
    """The number of captures and of replays; the work of a captured step is done at each replay."""
    counts = {"captures": 0, "replays": 0}

    def capture(work, device, restore):
        counts["captures"] += 1
        work()
        restore()

        def replay():
            counts["replays"] += 1
            return work().clone()

        return replay

    monkeypatch.setattr(graph_stepper, "capture", capture)
    monkeypatch.setattr(engine, "FlatStepper", GraphStepper)
    return counts


def train(name, device=CPU, **more):
    data, settings = TRAININGS[name]
    made = make_config(**{**settings, **more})
    return fit(plan_run(made, MADE[data], device))


def assert_alike(ours, theirs, **tolerance):
    assert (ours.member.step, ours.member.epoch, ours.reason) == (
        theirs.member.step, theirs.member.epoch, theirs.reason,
    )  # fmt: skip
    for one, other in zip(weights_of(ours.model.network), weights_of(theirs.model.network), strict=True):
        torch.testing.assert_close(one, other, **tolerance)
    assert [row["val/loss"] for row in ours.member.history] == pytest.approx(
        [row["val/loss"] for row in theirs.member.history], rel=1e-3
    )


@pytest.mark.parametrize("name", SINGLE)
def test_captured_or_not_the_bits_are_the_same(name, captured, monkeypatch):
    ours = train(name)
    assert captured["replays"] > captured["captures"] > 0
    monkeypatch.setattr(graph_stepper, "capture", lambda *_: None)
    assert_alike(ours, train(name), rtol=0, atol=0)


def test_steps_are_those_of_the_flat_stepper_but_for_the_rounding_of_the_learning_rate(captured, monkeypatch):
    ours = train("plain")
    monkeypatch.undo()
    assert_alike(ours, train("plain"), rtol=1e-4, atol=1e-5)


def test_a_capture_that_fails_is_not_tried_again(captured, monkeypatch):
    tried = []
    monkeypatch.setattr(graph_stepper, "capture", lambda *_: tried.append(1))
    monkeypatch.setattr(flat_stepper, "RECORD_FROM", 10)
    fitted = train("plain")
    assert (len(tried), captured["replays"]) == (1, 0)
    assert fitted.member.history[-1]["train/loss"] < fitted.member.history[0]["train/loss"]


def test_a_graph_that_does_something_else_is_not_taken(captured, monkeypatch):
    ours = train("plain")
    monkeypatch.setattr(graph_stepper, "capture", lambda work, *_: lambda: work() + 1)
    assert_alike(ours, train("plain"), rtol=0, atol=0)


def test_a_rare_last_minibatch_is_not_captured(captured, monkeypatch):
    monkeypatch.setattr(flat_stepper, "RECORD_FROM", 10)
    fitted = train("plain")
    rows = len(MADE["classes"].train.y)
    assert rows % fitted.member.config.training.batch_size
    assert captured["captures"] == 1


def test_what_is_not_recorded_is_not_captured(captured, monkeypatch):
    monkeypatch.setattr(flat_stepper, "record", lambda *_: None)
    train("plain")
    assert captured == {"captures": 0, "replays": 0}


@pytest.mark.gpu
@pytest.mark.parametrize("name", SINGLE)
def test_on_a_gpu_captured_steps_are_those_of_the_reference(name):
    settings = TRAININGS[name][1]
    accelerator = replace(settings.get("accelerator", Accelerator()), name="gpu")
    device = torch.device("cuda", 0)
    ours = train(name, device, accelerator=accelerator)
    tolerance = {"rtol": 2e-2, "atol": 2e-2} if name == "16 bits" else {"rtol": 1e-3, "atol": 1e-4}
    assert_alike(ours, train(name, device, accelerator=accelerator, engine="reference"), **tolerance)


@pytest.mark.gpu
@pytest.mark.parametrize("name", ["plain", "dropout and batch normalization"])
def test_on_a_gpu_captured_or_not_the_bits_are_the_same(name, monkeypatch):
    accelerator, device = Accelerator(name="gpu"), torch.device("cuda", 0)
    ours = train(name, device, accelerator=accelerator)
    monkeypatch.setattr(graph_stepper, "capture", lambda *_: None)
    assert_alike(ours, train(name, device, accelerator=accelerator), rtol=0, atol=0)
