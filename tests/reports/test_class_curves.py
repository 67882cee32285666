import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from trainyard.reports import class_curves
from trainyard.reports.class_curves import draw_precision_recall, draw_roc, precision_recall_curve, roc_curve


def rows(classes, count=500, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, classes, count), rng.dirichlet(np.ones(classes), count)


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("decimals", [8, 1])
def test_the_areas_of_curves_are_scikit_learns(decimals, weighted):
    rng = np.random.default_rng(0)
    positive = rng.integers(0, 2, 3000).astype(bool)
    score = (rng.normal(size=3000) + positive).round(decimals)
    weight = rng.random(3000) if weighted else None
    false_rate, true_rate, area = roc_curve(positive, score, weight)
    assert area == pytest.approx(roc_auc_score(positive, score, sample_weight=weight))
    assert (false_rate[0], true_rate[0], false_rate[-1], true_rate[-1]) == pytest.approx((0, 0, 1, 1))
    assert len(false_rate) <= class_curves.CURVE_POINTS
    recall, precision, average = precision_recall_curve(positive, score, weight)
    assert average == pytest.approx(average_precision_score(positive, score, sample_weight=weight))
    assert recall[-1] == pytest.approx(1)
    assert len(recall) == len(precision) < 2 * class_curves.CURVE_POINTS


def test_without_rows_of_both_kinds_there_is_no_area():
    assert np.isnan(roc_curve(np.ones(4, bool), np.arange(4.0)).area)
    assert np.isnan(precision_recall_curve(np.zeros(4, bool), np.arange(4.0)).area)


def test_of_many_classes_the_worst_curves_are_in_color(figures, tmp_path):
    target, probability = rows(30)
    draw_roc(target, probability, list(range(30)), "kind", "a run", tmp_path / "r.png")
    areas = {place: roc_auc_score(target == place, probability[:, place]) for place in range(30)}
    worst = sorted(sorted(areas, key=areas.__getitem__)[: class_curves.MOST_CURVES])
    assert labels(figures[0].axes[0]) == [
        *(f"{place}: {areas[place]:.3f}" for place in worst), "20 better classes", "by chance: 0.500",
    ]  # fmt: skip
    assert figures[0].texts[0].get_text().endswith(f"macro AUC {np.mean(list(areas.values())):.4f}")


def test_a_class_without_test_rows_has_no_curve(figures, tmp_path):
    target, probability = rows(3)
    draw_precision_recall(target % 2, probability, ["a", "b", "absent"], "kind", "a run", tmp_path / "p.png")
    assert [label.partition(":")[0] for label in labels(figures[0].axes[0])] == ["a", "b"]


def test_of_two_classes_the_second_is_drawn(figures, tmp_path):
    values = np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]), ["no", "yes"], "paid", "a run"
    draw_roc(*values, tmp_path / "r.png")
    draw_precision_recall(*values, tmp_path / "p.png")
    assert [labels(figure.axes[0]) for figure in figures] == [
        ["yes: 1.000", "by chance: 0.500"], ["yes: 1.000", "by chance: 0.667"],
    ]  # fmt: skip
    assert [figure.texts[0].get_text() for figure in figures] == [
        "ROC of paid = yes: AUC 1.0000", "Precision-recall of paid = yes: AP 1.0000",
    ]  # fmt: skip


@pytest.mark.parametrize(("draw", "title"), [
    (draw_roc, "ROC: the test rows are all of one class"),
    (draw_precision_recall, "Precision-recall: no test row is yes"),
])  # fmt: skip
def test_test_rows_of_one_class_have_no_curve(figures, tmp_path, draw, title):
    draw(np.zeros(3, int), rows(2, 3)[1], ["no", "yes"], "paid", "a run", tmp_path / "r.png")
    assert figures[0].texts[0].get_text() == title
