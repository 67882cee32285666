import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from trainyard.reports import classification
from trainyard.reports.classification import draw_confusion, draw_roc, roc_curve


@pytest.fixture
def figures(monkeypatch):
    kept = []
    monkeypatch.setattr(classification, "save", lambda figure, path: kept.append(figure) or path)
    return kept


@pytest.mark.parametrize("decimals", [8, 1])
def test_the_area_of_a_curve_is_scikit_learns(decimals):
    rng = np.random.default_rng(0)
    positive = rng.integers(0, 2, 3000).astype(bool)
    score = (rng.normal(size=3000) + positive).round(decimals)
    false_rate, true_rate, area = roc_curve(positive, score)
    assert area == pytest.approx(roc_auc_score(positive, score))
    assert (false_rate[0], true_rate[0], false_rate[-1], true_rate[-1]) == (0, 0, 1, 1)
    assert len(false_rate) <= classification.CURVE_POINTS


def test_without_rows_of_both_kinds_there_is_no_area():
    assert np.isnan(roc_curve(np.ones(4, bool), np.arange(4.0))[2])


def test_the_matrix_counts_rows_by_true_and_predicted_class(figures, tmp_path):
    probability = np.eye(3)[[0, 1, 1, 2]]
    draw_confusion(np.array([0, 1, 2, 2]), probability, ["a", "b", "c"], "a run", tmp_path / "m.png")
    axes = figures[0].axes[0]
    found = {(int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in axes.texts}
    assert found == {(0, 0): "1", (1, 1): "1", (2, 1): "1", (2, 2): "1"}
    assert "4 test rows, 75.0% right" in axes.get_title()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]


def test_of_many_classes_the_worst_curves_are_drawn(figures, tmp_path):
    rng = np.random.default_rng(0)
    target = rng.integers(0, 30, 500)
    draw_roc(target, rng.dirichlet(np.ones(30), 500), list(range(30)), "a run", tmp_path / "r.png")
    axes = figures[0].axes[0]
    assert len(axes.lines) == classification.MOST_CURVES + 1
    assert "the 8 worst classes of 30" in axes.get_title()


def test_of_two_classes_the_second_is_drawn(figures, tmp_path):
    draw_roc(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]), ["no", "yes"], "a run", tmp_path / "r")
    assert [line.get_label() for line in figures[0].axes[0].lines] == ["yes (area 1.000)", "chance (area 0.500)"]
