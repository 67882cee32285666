import torch
from torch import nn

from trainyard.training.average import WeightAverage


def filled(value):
    network = nn.Linear(2, 1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(value)
    return network


def test_it_follows_the_weights_with_a_decay_that_grows():
    network = filled(0.0)
    average = WeightAverage(network, 0.999)
    expected = 0.0
    for step in range(1, 20):
        with torch.no_grad():
            network.weight.fill_(float(step))
        average.update()
        decay = min(0.999, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
    torch.testing.assert_close(average.state()["weight"], torch.full((1, 2), expected))


def test_it_stands_in_for_the_weights_only_meanwhile():
    network = filled(1.0)
    average = WeightAverage(network, 0.5)
    with torch.no_grad():
        network.weight.fill_(3.0)
    with average.in_place():
        assert (network.weight == 1).all()
    assert (network.weight == 3).all()
    assert (average.state()["weight"] == 1).all()


def test_it_goes_on_where_it_was():
    network = filled(1.0)
    one, other = WeightAverage(network, 0.9), WeightAverage(filled(5.0), 0.9)
    one.update()
    other.load(one.state(), one.updates)
    assert other.updates == 1
    assert torch.equal(other.state()["weight"], one.state()["weight"])
