import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.optimization import Cosine, Plateau
from trainyard.training import fit
from trainyard.training.member import Member
from trainyard.training.plan import plan_run
from trainyard.training.schedule import Length
from trainyard.training.stepper import ReferenceStepper, learning_rate

CPU = torch.device("cpu")


def test_the_learning_rate_is_that_of_the_members_step_and_plateau():
    length = plan_run(make_config(schedule=Cosine(), max_epochs=1), make_prepared(), CPU).length
    member = Member(make_config(schedule=Cosine()), step=length.total - 1)
    assert learning_rate(member, length) == pytest.approx(0)
    member = Member(make_config(schedule=Plateau()), step=3, plateau_factor=0.25)
    assert learning_rate(member, length) == pytest.approx(0.0025)


def test_several_optimizers_are_not_for_it():
    class Model:
        def optimizers(self):
            return [1, 2]

    with pytest.raises(TypeError, match="takes one optimizer"):
        ReferenceStepper(Model(), Member(make_config()), Length(None, 1))


def test_lightning_counts_the_same_steps(monkeypatch):
    trainers, build_trainer = [], fit.build_trainer
    monkeypatch.setattr(fit, "build_trainer", lambda *given: trainers.append(build_trainer(*given)) or trainers[0])
    plan = plan_run(make_config(max_epochs=2, accumulate=2, engine="reference"), make_prepared(), CPU)
    fitted = fit.fit(plan)
    assert trainers[0].global_step == fitted.member.step == 14
