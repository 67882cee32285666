from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

from trainyard.reports import classification
from trainyard.reports.classification import confusion, draw_confusion, draw_roc, roc_curve


def rows(classes, count=500, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, classes, count), rng.dirichlet(np.ones(classes), count)


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


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


def test_the_matrix_is_scikit_learns():
    target, probability = rows(4)
    predicted = probability.argmax(1)
    assert (confusion(target, predicted, 4) == confusion_matrix(target, predicted, labels=range(4))).all()


def test_cells_tell_counts_and_shares_of_the_true_class(figures, tmp_path):
    probability = np.eye(3)[[0, 1, 1, 2]]
    draw_confusion(np.array([0, 1, 2, 2]), probability, ["a", "b", "c"], "kind", "a run", tmp_path / "m.png")
    axes = figures[0].axes[0]
    found = {(int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in axes.texts}
    assert found == {(0, 0): "1\n100%", (1, 1): "1\n100%", (2, 1): "1\n50%", (2, 2): "1\n50%"}
    assert [text.get_text() for text in figures[0].texts] == ["Confusion matrix: 4 test rows, 75.0% right", "a run"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted kind", "true kind")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]


@pytest.mark.parametrize(("classes", "shown"), [(10, "%"), (25, "1"), (26, "")])
def test_the_more_classes_the_less_a_cell_tells(figures, tmp_path, classes, shown):
    draw_confusion(*rows(classes), list(range(classes)), "kind", "a run", tmp_path / "m.png")
    texts = [text.get_text() for text in figures[0].axes[0].texts]
    assert bool(texts) == bool(shown)
    assert any(shown in text for text in texts) or not shown


def test_of_many_classes_every_label_that_is_shown_can_be_read(figures, tmp_path):
    draw_confusion(*rows(300, 2000), list(range(300)), "kind", "a run", tmp_path / "m.png")
    axes = figures[0].axes[0]
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert len(boxes) > 30
    assert all(above.y0 >= below.y1 - 1 for above, below in pairwise(boxes))


def test_of_many_classes_the_worst_curves_are_in_color(figures, tmp_path):
    target, probability = rows(30)
    draw_roc(target, probability, list(range(30)), "kind", "a run", tmp_path / "r.png")
    axes = figures[0].axes[0]
    areas = {place: roc_auc_score(target == place, probability[:, place]) for place in range(30)}
    worst = sorted(sorted(areas, key=areas.__getitem__)[: classification.MOST_CURVES])
    assert labels(axes) == [
        *(f"{place}: {areas[place]:.3f}" for place in worst), "20 better classes", "by chance: 0.500",
    ]  # fmt: skip
    assert figures[0].texts[0].get_text().endswith(f"macro AUC {np.mean(list(areas.values())):.4f}")


def test_of_two_classes_the_second_is_drawn(figures, tmp_path):
    probability = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    draw_roc(np.array([0, 1, 1]), probability, ["no", "yes"], "paid", "a run", tmp_path / "r.png")
    assert labels(figures[0].axes[0]) == ["yes: 1.000", "by chance: 0.500"]
    assert figures[0].texts[0].get_text() == "ROC of paid = yes: AUC 1.0000"


def test_test_rows_of_one_class_have_no_curve(figures, tmp_path):
    draw_roc(np.ones(3, int), rows(2, 3)[1], ["no", "yes"], "paid", "a run", tmp_path / "r.png")
    assert figures[0].texts[0].get_text() == "ROC: the test rows are all of one class"
