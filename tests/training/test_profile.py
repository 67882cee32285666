import json
from dataclasses import replace

import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.training.console import Console
from trainyard.training.phases import PHASES, Phases
from trainyard.training.plan import plan_run
from trainyard.training.profile import MINIBATCHES, RecordedStepper, record_operators, tell_profile
from trainyard.training.stop import Stop


def make_plan(**settings):
    return plan_run(make_config(**settings), make_prepared(), torch.device("cpu"))


def test_phases_and_operators_are_told_and_kept(tmp_path, capsys):
    phases = Phases()
    phases.mark("train")
    tell_profile(make_plan(max_epochs=2), phases, tmp_path, Console(tmp_path))
    kept = json.loads((tmp_path / "profile.json").read_text())
    assert set(kept["phases"]) == set(PHASES)
    assert kept["phases"]["train"] > 0
    assert kept["phases"]["operators"] > 0
    assert kept["seconds"] == pytest.approx(sum(kept["phases"].values()))
    assert "aten::addmm" in {row["name"] for row in kept["operators"]}
    seconds = [row["seconds"] for row in kept["operators"]]
    assert seconds == sorted(seconds, reverse=True)
    table, printed = (tmp_path / "profile.txt").read_text(), capsys.readouterr().out
    assert "aten::addmm" in table
    assert table in printed
    assert "  train " in printed


@pytest.mark.parametrize("settings", [{"max_epochs": 1}, {"max_epochs": None, "max_steps": 1}, {"accumulate": 3}])
def test_a_training_may_be_shorter_than_the_warm_up(settings):
    assert record_operators(make_plan(**settings)).rows


def test_a_long_training_is_recorded_in_part():
    recorded = record_operators(make_plan(max_epochs=500, max_time="1h"))
    assert recorded.text.startswith(f"Operators of {MINIBATCHES} minibatches")


def test_operators_of_processes_that_share_a_training_are_not_recorded(tmp_path, capsys):
    plan = make_plan()
    shared = replace(plan, device=replace(plan.device, sharing="ddp", processes=2))
    tell_profile(shared, Phases(), tmp_path, Console(tmp_path))
    assert "take accelerator=cpu or gpu" in capsys.readouterr().out
    assert json.loads((tmp_path / "profile.json").read_text())["operators"] == []
    assert not (tmp_path / "profile.txt").exists()


class Recorder:
    """Counts its starts."""

    started = 0

    def start(self):
        self.started += 1


class Counting:
    """A stepper that does nothing."""

    def step(self, minibatch, group, closes):
        return torch.zeros(())

    def state(self):
        return {"a": torch.ones(1)}

    def load(self, state):
        self.loaded = state


def test_the_recorder_starts_once_after_the_warm_up_and_the_training_ends_in_time():
    recorder, stop, inner = Recorder(), Stop(), Counting()
    stepper = RecordedStepper(inner, recorder, 2, stop)
    for done in range(2 + MINIBATCHES):
        assert stop.reason is None
        assert recorder.started == (done > 2)
        stepper.step(None, 1, True)
    assert stop.reason == "max_steps"
    stepper.load(stepper.state())
    assert set(inner.loaded) == {"a"}
