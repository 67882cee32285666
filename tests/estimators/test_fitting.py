import torch
from torch import nn

from trainyard.config.compose import compose
from trainyard.data.in_memory import prepare_in_memory
from trainyard.estimators.fitting import as_before, take_over, train
from trainyard.estimators.going_on import further


def test_a_training_that_goes_on_is_one_that_never_stopped():
    config = compose(["dataset=iris", "model=classifier", "training.max_epochs=2", "training.restore_best=false"])
    prepared = prepare_in_memory(config.dataset, task="classification", double=False)

    def train_on(config, before=None):
        return train(config, prepared, lambda _: False, going_on=before)

    first = train_on(config)
    assert further(config, first.state).training.max_epochs == 4
    whole = train_on(further(config, first.state))
    parts = train_on(further(config, first.state), first.state)
    weights = [training.fitted.model.network.state_dict() for training in (whole, parts)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_weights_are_taken_over_where_names_and_shapes_are_those_of_the_network():
    network = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    weights = {"0.weight": torch.ones(3, 2), "1.weight": torch.ones(1, 4), "2.weight": torch.ones(1)}
    assert take_over(weights, network) == ("0.weight",)
    assert torch.equal(network[0].weight, torch.ones(3, 2))


def test_threads_and_chance_are_as_before():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    threads = torch.get_num_threads()
    with as_before():
        torch.rand(9)
        torch.set_num_threads(threads + 1)
    assert (torch.get_num_threads(), torch.rand(1)) == (threads, expected)
