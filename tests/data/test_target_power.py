import numpy as np
import pytest

from trainyard.data.target_power import TargetPower, power_of


@pytest.mark.parametrize("power", [-1.5, -0.01, 0.01, 0.5, 3.0])
def test_it_is_box_coxs_up_to_an_affine_map(power):
    y = np.geomspace(0.1, 50, 40)
    ours, boxcox = TargetPower(power, 0.0, 1.2, 1e9)(y), (y**power - 1) / power
    slope, offset = np.polyfit(boxcox, ours, 1)
    np.testing.assert_allclose(ours, slope * boxcox + offset, atol=1e-9 * np.ptp(ours))


def test_power_nought_is_the_logarithm_and_its_neighbours_are_near():
    u = np.linspace(-2, 2, 9)
    assert power_of(u, 0.0) is u
    np.testing.assert_allclose(power_of(u, 1e-9), u, atol=1e-8)
    assert (TargetPower(0.0, 1.0, 0.0, 1e9)(np.zeros(2)) == 0).all()
