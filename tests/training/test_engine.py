from dataclasses import replace

import pytest
import torch

from tests.synthetic import make_config
from tests.training.settings import MADE
from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.optimization import Optimizer
from trainyard.errors import ConfigError
from trainyard.training import engine
from trainyard.training.distributed import World
from trainyard.training.engine import choose_engine, open_stepper
from trainyard.training.flat_stepper import FlatStepper
from trainyard.training.lightning import LightningModel
from trainyard.training.member import Member
from trainyard.training.plan import plan_run


def test_the_fast_one_is_taken_where_it_is_right():
    assert choose_engine(make_config()) == "fast"
    assert choose_engine(make_config(engine="reference")) == "reference"


def test_an_optimizer_without_a_kernel_takes_the_reference():
    strange = Optimizer(name="strange")
    assert choose_engine(make_config(optimizer=strange)) == "reference"
    with pytest.raises(ConfigError, match="engine=fast: it has no kernel for optimizer=strange; take"):
        choose_engine(make_config(optimizer=strange, engine="fast"))


@pytest.mark.parametrize(
    "asked",
    [{"name": "ddp_cpu"}, {"name": "mps"}, {"name": "gpu", "precision": "16-mixed"}, {"precision": "bf16-true"}],
)
def test_where_it_is_not_right_the_reference_is_taken(asked):
    assert choose_engine(make_config(accelerator=Accelerator(**asked))) == "reference"


def test_it_knows_how_many_minibatches_of_a_size_are_to_come():
    plan = plan_run(make_config(max_epochs=10), MADE["classes"], torch.device("cpu"))
    module = LightningModel(plan.build_model())
    stepper = open_stepper(
        "fast", module, Member(plan.config), plan.device, World(), length=plan.length,
        sizes=plan.open_training().sizes(),
    )  # fmt: skip
    assert isinstance(stepper, FlatStepper)
    assert stepper.expected == {16: 120, 8: 10}


def test_graphs_are_for_one_gpu_and_32_bits_or_fewer(monkeypatch):
    plan = plan_run(make_config(), MADE["classes"], torch.device("cpu"))
    opened = []
    monkeypatch.setattr(engine, "GraphStepper", lambda *_: opened.append("graphs"))
    monkeypatch.setattr(engine, "FlatStepper", lambda *_: opened.append("flat"))
    on_gpu = replace(plan.device, torch=torch.device("cuda", 0))
    for device in (plan.device, on_gpu, replace(on_gpu, precision="64")):
        module = LightningModel(plan.build_model())
        open_stepper("fast", module, Member(plan.config), device, World(), length=plan.length, sizes=[16])
    assert opened == ["flat", "graphs", "flat"]
