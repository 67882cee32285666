import pytest
import torch

from trainyard.config.schema.model import Cnn, Custom, Linear, Mlp, Network, ResNet
from trainyard.errors import NetworkError
from trainyard.networks import Inputs, build_network, check_network, seeded_network

INPUTS = Inputs(numeric=3, category_sizes=(4, 9))
GIGABYTE = 10**9


@pytest.mark.parametrize("config", [Linear(), Mlp(hidden=(8, 8), normalization="batch", dropout=0.5, residual=True)])
def test_every_network_turns_rows_into_outputs(config):
    network = build_network(config, INPUTS, 2)
    assert network(torch.randn(5, 3), torch.zeros(5, 2, dtype=torch.int64)).shape == (5, 2)


def test_initial_weights_depend_on_the_seed_alone():
    def weights(seed):
        return torch.cat([weight.flatten() for weight in seeded_network(Mlp(), INPUTS, 2, seed).parameters()])

    first = weights(0)
    torch.manual_seed(123)
    assert torch.equal(weights(0), first)
    assert not torch.equal(weights(1), first)


def test_building_draws_nothing_from_the_global_generator():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    seeded_network(Mlp(), INPUTS, 2, 0)
    assert torch.equal(torch.rand(3), expected)


def test_a_network_larger_than_memory_is_refused_before_it_is_built():
    with pytest.raises(NetworkError) as refused:
        check_network(Mlp(hidden=(100_000, 100_000)), INPUTS, 2, GIGABYTE)
    assert str(refused.value).startswith("network=mlp has 10,00")
    assert str(refused.value).endswith("there are 0.9 GiB. Make its layers narrower.")


def test_a_network_that_fits_passes():
    check_network(Mlp(), INPUTS, 2, GIGABYTE)


def own(name):
    return Custom(_target_=f"tests.networks.own.{name}")


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (Cnn(), "network=cnn needs images, but a row of these data is 3 numbers. Take network=mlp."),
        (ResNet(), "network=resnet needs images, but a row of these data is 3 numbers. Take network=mlp."),
        (own("Broken"), "network=custom cannot take two rows of shape (2, 3) (RuntimeError: shape '[7, 99]' is"),
    ],
)
def test_a_network_that_does_not_fit_is_told_in_a_sentence(config, told):
    with pytest.raises(NetworkError) as refused:
        check_network(config, Inputs(3), 2, GIGABYTE, ["tests"])
    assert str(refused.value).startswith(told)


def test_a_network_of_ones_own_may_look_at_numbers_and_draws_nothing_from_the_global_generator():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    check_network(own("Fitted"), INPUTS, 2, GIGABYTE, ["tests"])
    assert torch.equal(torch.rand(3), expected)


def test_initial_weights_of_ones_own_network_depend_on_the_seed_alone():
    first = seeded_network(own("Fitted"), INPUTS, 2, 0, ["tests"])
    assert torch.equal(seeded_network(own("Fitted"), INPUTS, 2, 0, ["tests"]).last.weight, first.last.weight)
    assert not torch.equal(seeded_network(own("Fitted"), INPUTS, 2, 1, ["tests"]).last.weight, first.last.weight)


def test_an_unknown_network_is_named():
    with pytest.raises(NetworkError, match=r"network\.name=other: there is no such network"):
        build_network(Network(name="other"), INPUTS, 2)
