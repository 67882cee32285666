"""The plot of the learning-rate finder."""

import numpy as np
import pytest

from trainyard.reports.learning_rates import draw_learning_rates
from trainyard.reports.style import settings

RATES = np.geomspace(1e-7, 10, 50).tolist()
LOSSES = [2.0] * 20 + np.linspace(2, 0.3, 20).tolist() + [0.3, 1.0, 4.0, 9.0, 50.0, 1e3, 1e4, 1e5, 1e6, 1e7]


@pytest.mark.parametrize("suggestion", [RATES[30], None])
def test_it_is_drawn_with_and_without_a_suggestion(tmp_path, suggestion):
    with settings():
        path = draw_learning_rates(RATES, LOSSES, LOSSES, suggestion, "dataset made", tmp_path / "plot.png")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_same_ramp_gives_the_same_bytes(tmp_path):
    with settings():
        one, two = (draw_learning_rates(RATES, LOSSES, LOSSES, RATES[9], "made", tmp_path / name) for name in "ab")
    assert one.read_bytes() == two.read_bytes()
