"""A training that was stopped at any minibatch goes on to the bits of one that was not."""

import json
from dataclasses import replace

import pytest
import torch

from tests.synthetic import make_config
from tests.training.settings import MADE, TRAININGS
from trainyard.config.schema.optimization import OPTIMIZERS
from trainyard.errors import ConfigError, DataError
from trainyard.lineage.code import Code
from trainyard.tracking.journal import Journal
from trainyard.training import flat_stepper, products
from trainyard.training.checkpoint import Checkpoints, newest_state
from trainyard.training.fit import fit
from trainyard.training.fused import SLOTS
from trainyard.training.member import weights_of
from trainyard.training.passes import Passes
from trainyard.training.plan import plan_run
from trainyard.training.resume import changed_code, open_resumed
from trainyard.training.stop import Stop

CPU = torch.device("cpu")


class StopAt(Stop):
    """Ends a training after some minibatches, as a signal does."""

    def __init__(self, minibatches, reason="terminated"):
        super().__init__()
        self.left, self.why = minibatches, reason

    def poll(self):
        self.left -= 1
        if self.left == 0:
            self.reason = self.why
        return super().poll()


def plan_of(name, **more):
    data, settings = TRAININGS[name]
    return plan_run(make_config(**{**settings, **more}), MADE[data], CPU)


def outcome(fitted):
    weights = torch.cat([tensor.double().flatten() for tensor in weights_of(fitted.model.network)])
    member = fitted.member
    return weights.tolist(), member.history, member.step, member.best_epoch, fitted.rows


def interrupted(plan, folder, *stops):
    """Train with a stop after so many minibatches, again and again from the state that was left, to the end."""
    checkpoints = Checkpoints(folder, plan.config.training)
    resumed = None
    for stop in stops:
        fit(plan, stop, resumed=resumed, checkpoints=checkpoints)
        resumed, damaged = newest_state(folder)
        assert damaged == []
    return fit(plan, resumed=resumed, checkpoints=checkpoints)


@pytest.mark.parametrize("engine", ["fast", "reference"])
@pytest.mark.parametrize("name", TRAININGS)
def test_stopped_within_an_epoch(tmp_path, name, engine):
    plan = plan_of(name, engine=engine)
    assert outcome(interrupted(plan, tmp_path, StopAt(16))) == outcome(fit(plan))


@pytest.mark.parametrize("name", ["groups, clipping, schedule", "linear, validated rarely", "averaged weights"])
@pytest.mark.parametrize("minibatches", [1, 2, 12, 13, 14, 25, 26, 27])
def test_stopped_at_any_minibatch(tmp_path, name, minibatches):
    plan = plan_of(name, block=5)
    assert outcome(interrupted(plan, tmp_path, StopAt(minibatches, "interrupted"))) == outcome(fit(plan))


@pytest.mark.parametrize("kind", [kind for kind in OPTIMIZERS.values() if kind not in SLOTS])
def test_every_optimizer_goes_on_from_its_state(tmp_path, kind):
    plan = plan_run(make_config(optimizer=kind()), MADE["classes"], CPU)
    assert outcome(interrupted(plan, tmp_path, StopAt(16))) == outcome(fit(plan))


def test_stopped_again_and_again(tmp_path):
    plan = plan_of("dropout and batch normalization")
    stops = [StopAt(5), StopAt(1), StopAt(8), StopAt(7, "max_time"), StopAt(13)]
    assert outcome(interrupted(plan, tmp_path, *stops)) == outcome(fit(plan))


def test_stopped_by_an_end_of_its_own_and_trained_for_longer(tmp_path):
    short = plan_of("linear, validated rarely", max_epochs=3)
    longer = plan_of("linear, validated rarely", max_epochs=6)
    fit(short, checkpoints=Checkpoints(tmp_path, short.config.training))
    state, _ = newest_state(tmp_path)
    assert outcome(fit(longer, resumed=state)) == outcome(fit(longer))


def test_max_steps_within_an_epoch_and_trained_for_longer(tmp_path):
    short, longer = plan_of("groups, clipping, schedule", max_steps=7), plan_of("plain", max_steps=7)
    fit(longer, checkpoints=Checkpoints(tmp_path, short.config.training))
    state, _ = newest_state(tmp_path)
    on = plan_of("plain")
    assert outcome(fit(on, resumed=state)) == outcome(fit(on))


def test_a_kill_costs_only_what_came_after_the_last_state(tmp_path):
    plan = plan_of("dropout and batch normalization", checkpoint_steps=10)
    whole = fit(plan, checkpoints=Checkpoints(tmp_path, plan.config.training))
    for path in sorted((tmp_path / "checkpoints").iterdir())[1:]:
        path.unlink()
    state, _ = newest_state(tmp_path)
    assert state.values["step"] == 20
    assert outcome(fit(plan, resumed=state)) == outcome(whole)


def test_one_engine_goes_on_with_the_state_of_the_other(tmp_path):
    for first, second in (("fast", "reference"), ("reference", "fast")):
        folder = tmp_path / first
        plan, other = plan_of("momentum and plateau", engine=first), plan_of("momentum and plateau", engine=second)
        fit(plan, StopAt(20), checkpoints=Checkpoints(folder, plan.config.training))
        state, _ = newest_state(folder)
        ours, theirs = fit(other, resumed=state), fit(other)
        for one, two in zip(weights_of(ours.model.network), weights_of(theirs.model.network), strict=True):
            torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)


def test_recorded_or_not_it_goes_on_to_the_same_bits(tmp_path, monkeypatch):
    plan = plan_of("plain", max_epochs=6)
    whole = outcome(fit(plan))
    fit(plan, StopAt(30), checkpoints=Checkpoints(tmp_path, plan.config.training))
    monkeypatch.setattr(flat_stepper, "RECORD_FROM", 1)
    monkeypatch.setattr(flat_stepper, "RECORD_AFTER", 1)
    state, _ = newest_state(tmp_path)
    assert outcome(fit(plan, resumed=state)) == whole


def test_the_time_before_counts_towards_max_time(tmp_path):
    plan = plan_of("plain", max_epochs=None, max_time="1h")
    fit(plan, StopAt(20), checkpoints=Checkpoints(tmp_path, plan.config.training))
    state, _ = newest_state(tmp_path)
    late = type(state)(state.tensors, {**state.values, "seconds": 3600.0})
    fitted = fit(plan, resumed=late)
    assert (fitted.reason, fitted.member.step) == ("max_time", state.values["step"] + 1)


@pytest.mark.parametrize(
    ("settings", "reason"), [({}, "max_epochs"), ({"patience": 1, "min_delta": 1e6}, "early_stopping")]
)
def test_with_nothing_left_to_train_nothing_is_trained(tmp_path, settings, reason):
    plan = plan_of("plain", **settings)
    whole = fit(plan, checkpoints=Checkpoints(tmp_path, plan.config.training))
    state, _ = newest_state(tmp_path)
    again = fit(plan, resumed=state, on_step=lambda *_: pytest.fail("trained"))
    assert (again.reason, whole.reason) == (reason, reason)
    assert outcome(again) == outcome(whole)


@pytest.mark.parametrize(
    ("name", "ways"),
    [("plain", Passes(bf16=True, one_dnn=True)), ("plain", Passes(one_dnn=True)),
     ("images", Passes(bf16=True, channels_last=True))],
)  # fmt: skip
def test_stopped_while_it_computes_in_a_faster_way(tmp_path, monkeypatch, name, ways):
    monkeypatch.setattr(products, "WORTH", 0)
    plan = plan_of(name)
    plan = replace(plan, device=replace(plan.device, passes=ways))
    assert outcome(interrupted(plan, tmp_path, StopAt(16))) == outcome(fit(plan))


def kept_run(folder, digest="d" * 32, status="KILLED", **settings):
    """A run of "plain" that was trained to its end and left its lineage and journal."""
    plan = plan_of("plain", **settings)
    journal = Journal.create(folder, kind="run", experiment="made", name="made")
    fit(plan, checkpoints=Checkpoints(folder, plan.config.training))
    journal.end(status)
    lineage = {
        "data": {"digest": digest}, "device": {"threads": 7}, "code": {"revision": "a" * 40},
        "environment": {"packages": {"torch": "2.0.0+cpu"}},
    }  # fmt: skip
    (folder / "lineage.json").write_text(json.dumps(lineage))
    return plan


def test_a_run_that_goes_on_says_what_is_not_as_it_was(tmp_path):
    plan = kept_run(tmp_path)
    resumed = open_resumed(tmp_path, plan, ["optimizer.lr=3 from here on"])
    assert resumed.line == "after step 39, in epoch 4"
    assert resumed.notes == (
        "optimizer.lr=3 from here on", f"torch is {torch.__version__}, and was 2.0.0+cpu", "threads are 1, and were 7",
    )  # fmt: skip
    code = Code(revision="b" * 40, branch=None, dirty=False, untracked=(), diff=None, remote=None)
    assert changed_code(resumed.lineage, code) == ["the code is at bbbbbbbbbb, and was at aaaaaaaaaa"]
    assert changed_code(resumed.lineage, None) == []


def test_a_machine_that_computes_faster_in_another_way_is_told(tmp_path):
    plan = kept_run(tmp_path)
    faster = replace(plan, device=replace(plan.device, passes=Passes(bf16=True)))
    assert "this machine computes the passes of training in another way than before" in (
        open_resumed(tmp_path, faster, []).notes
    )


def test_other_data_are_refused(tmp_path):
    plan = kept_run(tmp_path, digest="e" * 32)
    with pytest.raises(DataError, match=f"their digest was {'e' * 32} and is {'d' * 32}"):
        open_resumed(tmp_path, plan, [])


def test_a_finished_run_needs_more_to_do(tmp_path):
    plan = kept_run(tmp_path, status="FINISHED")
    with pytest.raises(ConfigError, match=r"after 3 epochs and 39 steps \(max_epochs\).* write training.max_epochs="):
        open_resumed(tmp_path, plan, [])
    assert open_resumed(tmp_path, plan_of("plain", max_epochs=4), []).state.values["step"] == 39
