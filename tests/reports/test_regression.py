import numpy as np
import pytest

from trainyard.reports import regression
from trainyard.reports.regression import draw_predicted, draw_residuals
from trainyard.reports.style import DPI


def values(rows, targets, off=5.0):
    target = np.random.default_rng(0).normal(size=(rows, targets)) * 50
    return target, target + off, [f"target {number}" for number in range(targets)]


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_predicted_stands_against_actual_in_original_units(figures, tmp_path):
    draw_predicted(*values(50, 1), "a run", tmp_path / "p.png")
    axes = figures[0].axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("actual target 0", "predicted target 0")
    assert axes.get_xlim() == axes.get_ylim()
    assert axes.get_title(loc="left").startswith("R² 0.9")
    assert axes.get_title(loc="left").endswith("RMSE 5")


@pytest.mark.parametrize(("center", "spread"), [(1e5, 5e4), (-1e6, 5e5), (1e6, 3.0)])
@pytest.mark.parametrize("draw", [draw_predicted, draw_residuals])
def test_labels_stay_on_the_picture_and_off_other_panels_however_long_the_numbers(
    figures, tmp_path, draw, center, spread
):
    target = center + spread * np.random.default_rng(0).normal(size=(50, 3))
    draw(target, target + 0.6 * spread, ["a", "b", "c"], "a run", tmp_path / "p.png")
    columns = 3 if draw is draw_predicted else 2
    for place, axes in enumerate(figures[0].axes):
        before = figures[0].axes[place - 1].get_window_extent().x1 if place % columns else 0
        assert axes.yaxis.get_tightbbox().x0 - before > 0.1 * DPI


def test_many_rows_are_drawn_as_density_with_a_scale(figures, tmp_path):
    draw_predicted(*values(regression.MOST_POINTS + 1, 1), "a run", tmp_path / "p.png")
    panel, bar = figures[0].axes
    assert panel.collections[0].get_array().sum() >= regression.MOST_POINTS * 0.99
    assert bar.get_ylabel() == "test rows in a cell"


def test_of_many_targets_the_first_are_drawn_and_that_is_said(figures, tmp_path):
    draw_predicted(*values(50, 8), "a run", tmp_path / "p.png")
    assert len(figures[0].axes) == regression.MOST_TARGETS
    assert figures[0].texts[0].get_text() == "Predicted against actual: 50 test rows, the first 6 of 8 targets"


def test_five_targets_leave_no_empty_panel(figures, tmp_path):
    draw_predicted(*values(50, 5), "a run", tmp_path / "p.png")
    assert len(figures[0].axes) == 5


def test_residuals_show_their_mean_and_their_sign(figures, tmp_path):
    draw_residuals(*values(50, 2), "a run", tmp_path / "r.png")
    assert len(figures[0].axes) == 4
    assert legend(figures[0].axes[1])[0] == "mean -5"
    assert figures[0].axes[0].collections[0].get_offsets()[:, 1].tolist() == pytest.approx([-5] * 50)


def test_residuals_far_out_are_told_and_do_not_squeeze_the_others(figures, tmp_path):
    target, _, names = values(500, 1)
    residual = np.random.default_rng(1).normal(size=(500, 1))
    residual[:3] = 1000
    draw_residuals(target, target - residual, names, "a run", tmp_path / "r.png")
    histogram = figures[0].axes[1]
    assert legend(histogram)[-1] == "3 further out"
    assert histogram.get_xlim()[1] < 10


def test_a_constant_target_predicted_exactly_has_no_r2_and_one_bar(figures, tmp_path):
    ones = np.ones((5, 1)), np.ones((5, 1)), ["a"], "a run"
    draw_predicted(*ones, tmp_path / "p.png")
    assert figures[0].axes[0].get_title(loc="left") == "R² nan, RMSE 0"
    draw_residuals(*ones, tmp_path / "r.png")
    assert figures[1].axes[1].get_xlim() == (-0.5, 0.5)
