import pytest
import pytorch_lightning as pl
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema import Cosine, Plateau
from trainyard.training.fit import build_trainer, fit, quiet_lightning
from trainyard.training.member import Member
from trainyard.training.plan import plan_run
from trainyard.training.stepper import ReferenceStepper

CPU = torch.device("cpu")


def test_the_learning_rate_is_that_of_the_members_step_and_plateau():
    config = make_config(schedule=Cosine(), max_epochs=1)
    plan = plan_run(config, make_prepared(), CPU)
    model = plan.build_model()
    member = Member(config, step=plan.total_steps - 1)
    assert _stepper(plan, model, member).learning_rate == pytest.approx(0)
    member = Member(make_config(schedule=Plateau()), step=3, plateau_factor=0.25)
    assert _stepper(plan, model, member).learning_rate == pytest.approx(0.0025)


def _stepper(plan, model, member):
    """A stepper over a model that Lightning has set up but not trained."""
    made = []

    class Once(pl.Callback):
        def on_train_start(self, trainer, pl_module):
            made.append(ReferenceStepper(pl_module, member, plan.total_steps))

    with quiet_lightning():
        trainer = build_trainer(plan)
    trainer.callbacks.append(Once())
    model.make_optimizer = lambda: torch.optim.SGD(model.network.parameters(), lr=1.0)
    model.train_block = lambda block: setattr(trainer, "should_stop", True)
    with quiet_lightning():
        trainer.fit(model, train_dataloaders=[0])
    return made[0]


def test_several_optimizers_are_not_for_it():
    class Model:
        def optimizers(self):
            return [1, 2]

    with pytest.raises(TypeError, match="takes one optimizer"):
        ReferenceStepper(Model(), Member(make_config()), None)


def test_lightning_counts_the_same_steps():
    plan = plan_run(make_config(max_epochs=2, accumulate=2), make_prepared(), CPU)
    fitted = fit(plan)
    assert fitted.model.trainer.global_step == fitted.member.step == 14
