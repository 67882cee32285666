import torch

from tests.synthetic import make_config, make_prepared
from trainyard.training.lightning import LightningModel
from trainyard.training.plan import plan_run


def make_module():
    return LightningModel(plan_run(make_config(), make_prepared(), torch.device("cpu")).build_model())


def test_a_block_is_worked_off_by_what_training_attached():
    seen, module = [], make_module()
    module.train_block = seen.append
    module.training_step("block", 0)
    assert seen == ["block"]


def test_gradients_are_looked_at_before_they_move_the_weights_where_that_was_asked():
    seen, module = [], make_module()
    module.on_before_optimizer_step("optimizer")
    module.before_update = seen.append
    module.on_before_optimizer_step("optimizer")
    assert seen == ["optimizer"]


def test_the_models_weights_are_those_of_the_module():
    module = make_module()
    assert [id(weight) for weight in module.parameters()] == [id(weight) for weight in module.model.parameters()]
