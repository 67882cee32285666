import pytest
import torch

from tests.synthetic import make_config
from tests.training.settings import MADE
from trainyard.config.schema.model import Classifier
from trainyard.training import distributed
from trainyard.training.distributed import World
from trainyard.training.plan import plan_run
from trainyard.training.stop import Stop

CPU = torch.device("cpu")


def opened(data="classes", **settings):
    plan = plan_run(make_config(**settings), MADE[data], CPU)
    return plan.build_model(), next(plan.open_training().read(0))


@pytest.fixture
def others(monkeypatch):
    """What the other processes hand in to a sum or a maximum, in turn."""
    handed = []

    def all_reduce(tensor, op=None):
        other = handed.pop(0)
        tensor.copy_(torch.maximum(tensor, other) if op == distributed.dist.ReduceOp.MAX else tensor + other)

    monkeypatch.setattr(distributed.dist, "all_reduce", all_reduce)
    return handed


def test_alone_everything_stays_as_it_is():
    model, minibatch = opened()
    assert World().part(minibatch) is minibatch
    assert World().share(model, minibatch) == 1.0
    losses = torch.ones(3)
    assert World().mean(losses) is losses


@pytest.mark.parametrize("size", [2, 3, 5])
def test_the_parts_are_the_minibatch(size):
    _, minibatch = opened("mixed columns")
    parts = [World(rank, size).part(minibatch) for rank in range(size)]
    for field in ("x", "codes", "y", "weight"):
        assert torch.equal(torch.cat([getattr(part, field) for part in parts]), getattr(minibatch, field))
    assert max(part.rows for part in parts) - min(part.rows for part in parts) <= 1


def test_with_more_processes_than_rows_some_have_one_that_weighs_nothing():
    _, minibatch = opened()
    few = type(minibatch)(*(None if tensor is None else tensor[:2] for tensor in minibatch))
    parts = [World(rank, 5).part(few) for rank in range(5)]
    assert all(part.rows == 1 for part in parts)
    assert sum(part.weight is None for part in parts) == 2
    assert all((part.weight == 0).all() for part in parts if part.weight is not None)


@pytest.mark.parametrize(
    ("data", "model"), [("classes", Classifier()), ("mixed columns", Classifier(class_weights="balanced"))]
)
@pytest.mark.parametrize("blended", [False, True])
def test_the_mean_of_the_shares_is_the_loss_of_the_minibatch(others, data, model, blended):
    model, minibatch = opened(data, model=model)
    if blended:
        minibatch = minibatch._replace(y_other=minibatch.y.flip(0), mix=torch.linspace(0, 1, minibatch.rows))
    minibatch = type(minibatch)(*(None if tensor is None else tensor[:15] for tensor in minibatch))
    parts = [World(rank, 2).part(minibatch) for rank in range(2)]
    weights = [model.total_weight(part) for part in parts]
    totals = [torch.tensor(float(part.rows)) if w is None else w for part, w in zip(parts, weights, strict=True)]
    losses = []
    for rank, part in enumerate(parts):
        others.append(totals[1 - rank])
        losses.append(model.loss(part) * World(rank, 2).share(model, part))
    torch.testing.assert_close(torch.stack(losses).mean(), model.loss(minibatch))


def test_the_stop_of_one_is_the_stop_of_all(others):
    stop, world = Stop(), World(1, 2)
    others.append(torch.tensor(0))
    world.agree(stop, CPU)
    assert stop.reason is None
    others.append(torch.tensor(4))
    world.agree(stop, CPU)
    assert stop.reason == "terminated"
    others.append(torch.tensor(1))
    world.agree(stop, CPU)
    assert stop.reason == "terminated"


def test_losses_are_averaged_over_the_processes(others):
    others.append(torch.tensor([3.0, 5.0]))
    assert World(0, 2).mean(torch.tensor([1.0, 1.0])).tolist() == [2.0, 3.0]
