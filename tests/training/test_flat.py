import torch
from torch import nn

from trainyard.training.flat import BEST, GRADIENT, LINE, WEIGHTS, FlatParameters


def networks(count=2):
    torch.manual_seed(0)
    return [nn.Sequential(nn.Linear(5, 3), nn.BatchNorm1d(3), nn.Linear(3, 2)) for _ in range(count)]


def test_weights_lie_in_rows_by_member_and_are_those_of_the_networks():
    made = networks()
    before = [{name: p.detach().clone() for name, p in each.named_parameters()} for each in made]
    flat = FlatParameters(made, ("exp_avg",))
    assert flat.rows.shape[:2] == (4, 2)
    for member, network in enumerate(made):
        for name, parameter in network.named_parameters():
            assert torch.equal(parameter, before[member][name])
            assert torch.equal(flat.views(WEIGHTS, member)[name], before[member][name])
    flat.row(WEIGHTS, 1).fill_(7)
    assert all((parameter == 7).all() for parameter in made[1].parameters())
    assert not any((parameter == 7).all() for parameter in made[0].parameters())


def test_each_parameter_begins_on_a_cache_line_and_padding_is_zero():
    flat = FlatParameters(networks(1))
    assert all(start * 4 % LINE == 0 for start in flat.starts)
    covered = torch.zeros_like(flat.row(WEIGHTS), dtype=torch.bool)
    for start, shape in zip(flat.starts, flat.shapes, strict=True):
        covered[start : start + shape.numel()] = True
    assert (flat.row(WEIGHTS)[~covered] == 0).all()


def test_a_parameter_lies_in_its_own_order_and_without_gaps():
    network = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    network[0].weight = nn.Parameter(torch.arange(24.0).view(4, 6)[:, ::2].t())
    before = network[0].weight.detach().clone()
    flat = FlatParameters([network])
    assert torch.equal(network[0].weight, before)
    assert network[0].weight.stride() == (1, 3)
    flat.views(WEIGHTS)["0.bias"].zero_()
    assert torch.equal(network[0].weight, before)


def test_slots_share_nothing():
    flat = FlatParameters(networks(1))
    flat.row(GRADIENT).fill_(1)
    assert (flat.row(BEST) == 0).all()
    flat.views(BEST)["0.bias"].fill_(2)
    assert flat.row(BEST).sum() == 6


def test_frozen_parameters_are_left_where_they_are():
    (network,) = networks(1)
    network[0].weight.requires_grad_(False)
    flat = FlatParameters([network])
    assert "0.weight" not in flat.names
    flat.row(WEIGHTS).zero_()
    assert network[0].weight.abs().sum() > 0


def test_neighbours_of_one_value_are_one_run():
    network = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2), nn.Linear(2, 1))
    flat = FlatParameters([network])
    length = flat.rows.shape[2]
    assert flat.runs({}) == [(slice(0, length), 1.0)]
    runs = flat.runs({"1.weight": 0.5, "1.bias": 0.5})
    assert runs == [(slice(0, flat.starts[2]), 1.0), (slice(flat.starts[2], flat.starts[4]), 0.5),
                    (slice(flat.starts[4], length), 1.0)]  # fmt: skip
