import numpy as np
import pytest
from scipy import stats

from trainyard.data.beta import beta_quantiles


@pytest.mark.parametrize("alpha", [0.05, 0.2, 0.5, 1, 1.5, 8, 40])
def test_quantiles_are_those_of_the_distribution(alpha):
    quantiles = beta_quantiles(alpha, 501)
    expected = stats.beta(alpha, alpha).ppf((np.arange(501) + 0.5) / 501)
    np.testing.assert_allclose(quantiles, expected, atol=1e-6)
    np.testing.assert_allclose(quantiles + quantiles[::-1], 1, atol=1e-12)
