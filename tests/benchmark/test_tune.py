import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.benchmark import tune as module
from trainyard.benchmark.ratio import Ratio
from trainyard.benchmark.tune import Tuner, Work, loss_problem, plan_work, start_trainee, tune
from trainyard.errors import TrainyardError
from trainyard.training.plan import plan_run

WORK = Work(None, 1, 100)


def make_plan(**settings):
    return plan_run(make_config(**settings), make_prepared(rows=2000), torch.device("cpu"))


@dataclass
class Fake:
    """A training whose turns take what its setting says, on a clock that only they move."""

    machine: "Machine"
    setting: dict[str, Any]
    losses: list[float] = field(default_factory=list)
    problem: str | None = None
    closed: bool = False

    def wait(self):
        self.machine.now += self.machine.starting

    def turn(self, epochs, seconds):
        took, loss, problem = self.machine.does(self.setting)
        if self.problem is None:
            self.machine.now += min(took, seconds)
            self.problem = "too slow" if took > seconds else problem
            self.losses.append(loss)

    def close(self):
        self.closed = True


class Machine:
    """Where trainings take `seconds` (by override), and reach `loss`."""

    def __init__(self, seconds, losses=(), problems=(), starting=1.0):
        self.seconds, self.losses, self.problems, self.starting = seconds, dict(losses), dict(problems), starting
        self.now, self.started = 0.0, []

    def does(self, setting):
        took, loss, problem = 1.0, 2.0, self.problems.get("now") if not setting else None
        for key, value in setting.items():
            took *= self.seconds.get(f"{key}={value}", 1.0)
            loss += self.losses.get(f"{key}={value}", 0.0)
            problem = problem or self.problems.get(f"{key}={value}")
        return took, loss, problem

    def tune(self, seconds=300.0, **settings):
        def start(setting):
            self.started.append(Fake(self, dict(setting)))
            return self.started[-1]

        return tune(make_plan(**settings), WORK, seconds=seconds, start=start, clock=lambda: self.now)


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch):
    monkeypatch.setattr("trainyard.benchmark.tune_axes.cores", lambda: 2)


def test_what_is_faster_stays_and_the_next_key_is_tried_from_there():
    machine = Machine({"accelerator.threads=2": 0.5, "accelerator.precision=bf16-mixed": 0.5, "training.block=16": 2})
    tuned = machine.tune()
    assert tuned.best == {"accelerator.threads": 2, "accelerator.precision": "bf16-mixed"}
    assert tuned.ratio.median == pytest.approx(4)
    assert tuned.untried == []
    settings = [each.setting for each in tuned.tried["training.compile"]]
    assert settings == [tuned.best, {**tuned.best, "training.compile": True}]
    assert [each.chosen for each in tuned.tried["training.block"]] == [True, False]
    assert all(fake.closed for fake in machine.started)


def test_nothing_is_suggested_where_nothing_is_faster_by_more_than_the_spread():
    tuned = Machine({}).tune()
    assert (tuned.best, tuned.ratio) == ({}, None)


def test_three_rounds_at_least_decide_in_the_end_however_slow_they_are():
    machine = Machine({"accelerator.threads=2": 0.1})
    now, best = Fake(machine, {}), Fake(machine, {"accelerator.threads": 2})
    tuner = Tuner(WORK, lambda setting: now, 0.0, lambda: machine.now)
    assert tuner.conclude(now, best) == Ratio((pytest.approx(10),) * 3)
    tuner.deadline = machine.now + 100
    assert tuner.conclude(now, best) == Ratio((pytest.approx(10),) * 9)


def test_a_start_that_takes_all_of_the_time_leaves_a_setting_its_turn():
    machine = Machine({}, starting=40)
    tuned = machine.tune(seconds=60)
    assert [each.problem for tried in tuned.tried.values() for each in tried] == [None] * 2


def test_the_fastest_of_several_values_is_taken():
    tuned = Machine({"training.block=16": 0.8}).tune()
    assert tuned.best == {"training.block": 16}


@pytest.mark.parametrize("miss", [0.5, -0.5, float("nan")])
def test_a_setting_that_misses_the_loss_is_refused_however_fast_it_is(miss):
    machine = Machine({"accelerator.precision=bf16-mixed": 0.1}, {"accelerator.precision=bf16-mixed": miss})
    tuned = machine.tune()
    assert tuned.best == {}
    key = "accelerator.precision"
    problems = {each.setting.get(key): each.problem for each in tuned.tried[key]}
    assert "where it should be 2" in problems["bf16-mixed"]


def test_a_setting_that_fails_or_takes_far_too_long_is_refused_and_the_others_go_on():
    machine = Machine(
        {"accelerator.threads=2": 1000, "training.block=16": 0.5},
        problems={"training.compile=True": "no compiler"},
    )  # fmt: skip
    tuned = machine.tune()
    assert tuned.tried["accelerator.threads"][1].problem == "too slow"
    assert tuned.tried["training.compile"][1].problem == "no compiler"
    assert tuned.best == {"training.block": 16}


def test_keys_that_no_time_is_left_for_are_named():
    tuned = Machine({}).tune(seconds=16)
    assert tuned.tried.keys() == {"accelerator.threads", "accelerator.precision"}
    assert tuned.untried == ["training.block", "training.compile"]


def test_a_training_that_does_not_run_as_it_is_cannot_be_tuned():
    machine = Machine({}, problems={"now": "no memory"})
    with pytest.raises(TrainyardError, match="cannot be tuned: no memory"):
        machine.tune()
    assert all(fake.closed for fake in machine.started)


def test_a_loss_may_differ_by_a_share_of_the_first_one():
    reference = Fake(None, {}, [2.0, 0.01])
    assert loss_problem(Fake(None, {}, [2.0, 0.02]), reference) is None
    assert loss_problem(Fake(None, {}, [2.0, 0.04]), reference) is not None
    assert loss_problem(Fake(None, {"accelerator.precision": "bf16-mixed"}, [2.0, 0.04]), reference) is None
    assert loss_problem(Fake(None, {}, []), reference) is None


@pytest.mark.parametrize(
    ("settings", "speed", "work"),
    [
        ({"batch_size": 32}, 1600, Work(12, 1, 384)),
        ({"batch_size": 32}, 80_000, Work(None, 10, 20_000)),
        ({"batch_size": 32, "limit_batches": 10}, 80_000, Work(10, 62, 19_840)),
        ({"batch_size": 32}, 1, Work(1, 1, 32)),
    ],
)
def test_a_turn_is_about_a_quarter_second_of_work(settings, speed, work):
    assert plan_work(make_plan(**settings), speed) == work


def test_a_process_is_told_the_setting_and_where_its_data_are(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "Trainee", lambda setting, asked: (setting, json.loads(asked)))
    plan = make_plan(max_epochs=3)
    setting, asked = start_trainee(plan, replace(WORK, minibatches=7), tmp_path, {"training.compile": True})
    assert setting == {"training.compile": True}
    assert asked["config"]["training"]["compile"] is True
    assert (asked["key"], asked["root"], asked["minibatches"]) == ("k", str(tmp_path), 7)
    assert asked["total_steps"] == plan.total_steps


def test_speeds_are_compared_round_by_round():
    tried = Machine({"training.block=16": 0.5}).tune().tried["training.block"]
    assert tried[0].ratio is None
    assert tried[1].ratio == Ratio((2.0,) * 9)
    assert tried[1].rows_per_second == pytest.approx(200)
