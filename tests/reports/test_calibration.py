import numpy as np
import pytest

from trainyard.reports.calibration import calibration_error, draw_calibration, reliability, uncalibrated, wilson


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_bins_tell_how_often_what_was_predicted_came_true():
    bins = reliability(np.array([0.1, 0.2, 0.9, 1.0]), np.array([False, True, True, True]), 5)
    assert bins.predicted == pytest.approx([0.15, 0.95])
    assert bins.observed == pytest.approx([0.5, 1.0])
    assert (bins.rows.tolist(), bins.left.tolist()) == ([2, 2], [0.0, 0.8])


def test_rows_count_by_their_weight():
    bins = reliability(np.array([0.1, 0.1]), np.array([False, True]), 5, np.array([1.0, 3.0]))
    assert bins.observed == pytest.approx([0.75])
    assert bins.rows.tolist() == [2]


def test_the_interval_of_a_share_is_wilsons():
    low, high = wilson(np.array([0.5, 0.0, 1.0]), np.array([10, 10, 10]))
    assert low == pytest.approx([0.2366, 0.0, 0.7225], abs=1e-4)
    assert high == pytest.approx([0.7634, 0.2775, 1.0], abs=1e-4)


def test_the_error_is_the_mean_gap_by_rows():
    probability = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]])
    assert calibration_error(np.array([0, 1, 1]), probability) == pytest.approx((2 * 0.4 + 0.4) / 3)


def test_a_temperature_is_undone():
    logits = np.random.default_rng(0).normal(size=(20, 3))
    power = np.exp(logits), np.exp(logits / 2.5)
    raw, calibrated = (each / each.sum(1, keepdims=True) for each in power)
    assert uncalibrated(calibrated, 2.5) == pytest.approx(raw)


@pytest.mark.parametrize(("classes", "axis"), [
    (["no", "yes"], "predicted probability of paid = yes"), (["a", "b", "c"], "probability of the predicted class"),
])  # fmt: skip
def test_two_classes_are_told_by_the_second_and_more_by_the_predicted_one(figures, tmp_path, classes, axis):
    rng = np.random.default_rng(0)
    values = rng.integers(0, len(classes), 300), rng.dirichlet(np.ones(len(classes)), 300)
    draw_calibration(*values, classes, "paid", "a run", tmp_path / "c.png")
    curve, counts = figures[0].axes
    assert curve.get_xlabel() == counts.get_xlabel() == axis
    assert sum(int(text.get_text().replace(",", "")) for text in counts.texts) == 300
    assert legend(curve) == ["test rows"]


def test_of_a_calibrated_model_what_was_before_is_drawn_too(figures, tmp_path):
    rng = np.random.default_rng(0)
    values = rng.integers(0, 2, 50), rng.dirichlet([1, 1], 50)
    draw_calibration(*values, ["no", "yes"], "paid", "a run", tmp_path / "c.png", temperature=2.0)
    assert legend(figures[0].axes[0])[0].startswith("before calibration: 0.")
