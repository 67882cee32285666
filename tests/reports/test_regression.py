import numpy as np
import pytest

from trainyard.reports import regression
from trainyard.reports.regression import draw_predicted, draw_residuals


@pytest.fixture
def figures(monkeypatch):
    kept = []
    monkeypatch.setattr(regression, "save", lambda figure, path: kept.append(figure) or path)
    return kept


def values(rows, targets):
    target = np.random.default_rng(0).normal(size=(rows, targets)) * 50
    return target, target + 5, [f"target {number}" for number in range(targets)]


def test_predicted_stands_against_actual_in_original_units(figures, tmp_path):
    draw_predicted(*values(50, 1), "a run", tmp_path / "p.png")
    axes = figures[0].axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("actual target 0", "predicted target 0")
    assert axes.get_xlim() == axes.get_ylim()
    assert axes.get_title().startswith("R² = 0.9")


def test_many_rows_are_drawn_as_density(figures, tmp_path):
    draw_predicted(*values(regression.MOST_POINTS + 1, 1), "a run", tmp_path / "p.png")
    assert figures[0].axes[0].collections[0].get_array() is not None


def test_of_many_targets_the_first_are_drawn_and_that_is_said(figures, tmp_path):
    draw_predicted(*values(50, 8), "a run", tmp_path / "p.png")
    assert sum(axes.get_visible() for axes in figures[0].axes) == regression.MOST_TARGETS
    assert "the first 6 of 8 targets" in figures[0].get_suptitle()


def test_five_targets_leave_the_sixth_panel_empty(figures, tmp_path):
    draw_predicted(*values(50, 5), "a run", tmp_path / "p.png")
    assert [axes.get_visible() for axes in figures[0].axes] == [True] * 5 + [False]


def test_residuals_show_their_mean(figures, tmp_path):
    draw_residuals(*values(50, 2), "a run", tmp_path / "r.png")
    assert len(figures[0].axes) == 4
    assert figures[0].axes[1].lines[0].get_label() == "mean 5"


def test_a_constant_target_has_no_r2(figures, tmp_path):
    draw_predicted(np.ones((5, 1)), np.ones((5, 1)), ["a"], "a run", tmp_path / "p.png")
    assert figures[0].axes[0].get_title() == "R² = nan"
