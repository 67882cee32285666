import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trainyard.data.pixel_statistics import PixelStatistics

BYTES = arrays(np.uint8, (5, 2, 2, 3))
FLOATS = arrays(np.float32, (5, 2, 2, 3), elements=st.floats(-1e4, 1e4, width=32))
WEIGHTS = st.none() | arrays(np.float64, 5, elements=st.integers(0, 3)).filter(lambda weight: weight.any())


@given(images=BYTES | FLOATS, weight=WEIGHTS, cut=st.integers(1, 4))
def test_mean_and_deviation_of_each_channel_however_the_images_come(images, weight, cut):
    statistics = PixelStatistics(2, images.dtype)
    statistics.add(images[:cut], None if weight is None else weight[:cut])
    statistics.add(images[cut:], None if weight is None else weight[cut:])
    repeated = images.astype(float) if weight is None else np.repeat(images, weight.astype(int), axis=0).astype(float)
    mean, deviation = statistics.mean_and_deviation()
    np.testing.assert_allclose(mean, repeated.mean((0, 2, 3)), rtol=1e-9, atol=1e-6)
    expected = repeated.std((0, 2, 3))
    np.testing.assert_allclose(deviation, np.where(expected > 0, expected, 1), rtol=1e-5, atol=1e-4)
    assert (statistics.low, statistics.high) == (images.min(), images.max())


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_images_of_one_shade_are_not_divided_by_nothing(kind):
    statistics = PixelStatistics(1, np.dtype(kind))
    statistics.add(np.full((3, 1, 2, 2), 7, kind), None)
    assert statistics.mean_and_deviation() == ((7.0,), (1.0,))
