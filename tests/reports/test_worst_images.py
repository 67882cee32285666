import numpy as np
import pytest

from trainyard.reports.worst_images import draw_worst_images


@pytest.mark.parametrize(("channels", "shape"), [(1, (4, 5)), (3, (4, 5, 3)), (2, (4, 5))])
def test_images_are_drawn_in_grey_or_in_color(figures, tmp_path, channels, shape):
    images = np.linspace(-1, 20, 2 * channels * 20).reshape(2, channels, 4, 5)
    draw_worst_images(images, [("row 1", "a", "b")] * 2, (0.0, 16.0), "Worst", "a run", tmp_path / "w.png")
    shown = [axes.images[0].get_array() for axes in figures[0].axes]
    assert [values.shape for values in shown] == [shape] * 2
    assert all(0 <= values.min() <= values.max() <= 1 for values in shown)
    assert figures[0].axes[0].get_title(loc="left") == "row 1\na\nb"


def test_the_last_line_may_have_fewer(figures, tmp_path):
    draw_worst_images(np.zeros((7, 1, 2, 2)), [("", "", "")] * 7, (0.0, 1.0), "Worst", "a run", tmp_path / "w.png")
    assert len(figures[0].axes) == 7
