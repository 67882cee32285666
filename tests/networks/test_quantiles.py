import pytest
import torch

from trainyard.networks.quantiles import middle, rising_quantiles


def test_each_target_has_its_quantiles_in_order():
    output = torch.tensor([[3.0, 1.0, 2.0, -1.0, 0.0, -2.0]])
    assert rising_quantiles(output, (0.1, 0.5, 0.9)).tolist() == [[[1, 2, 3], [-2, -1, 0]]]


@pytest.mark.parametrize(("levels", "place"), [((0.05, 0.5, 0.95), 1), ((0.9,), 0), ((0.1, 0.4, 0.7), 1)])
def test_the_prediction_is_the_quantile_nearest_the_median(levels, place):
    assert middle(levels) == place
