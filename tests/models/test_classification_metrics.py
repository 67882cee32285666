import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from trainyard.models import classification_metrics as module
from trainyard.models.classification_metrics import calibration_error, classification_metrics


def sample(seed, rows, classes, weighted, ties=False):
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.arange(classes), rng.integers(0, classes, rows)])
    logits = rng.normal(size=(len(y), classes)) + 0.7 * np.eye(classes)[y]
    if ties:
        logits = logits.round()
    weight = rng.uniform(0.1, 3, len(y)) if weighted else None
    return logits, y, weight


def ours(logits, y, weight):
    tensors = classification_metrics(
        torch.from_numpy(logits), torch.from_numpy(y), None if weight is None else torch.from_numpy(weight)
    )
    return {name: value.item() for name, value in tensors.items()}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 80), st.integers(2, 8), st.booleans(), st.booleans())
def test_every_metric_equals_scikit_learns(seed, rows, classes, weighted, ties):
    logits, y, weight = sample(seed, rows, classes, weighted, ties)
    probability = torch.log_softmax(torch.from_numpy(logits), 1).exp().numpy()
    predicted = probability.argmax(1)
    given_weight = {"sample_weight": weight}
    precisions = [reference.average_precision_score(y == k, probability[:, k], **given_weight) for k in range(classes)]
    areas = [reference.roc_auc_score(y == k, probability[:, k], **given_weight) for k in range(classes)]
    expected = {
        "accuracy": reference.accuracy_score(y, predicted, **given_weight),
        "balanced_accuracy": reference.balanced_accuracy_score(y, predicted, **given_weight),
        "macro_f1": reference.f1_score(y, predicted, average="macro", zero_division=0, **given_weight),
        "roc_auc": areas[1] if classes == 2 else np.mean(areas),
        "pr_auc": precisions[1] if classes == 2 else np.mean(precisions),
        "log_loss": reference.log_loss(y, probability, **given_weight),
        "brier": reference.brier_score_loss(y, probability, **given_weight),
    }
    if classes > 5:
        expected["top5_accuracy"] = reference.top_k_accuracy_score(y, probability, k=5, **given_weight)
    found = ours(logits, y, weight)
    assert ("top5_accuracy" in found) is (classes > 5)
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-9)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    confidence = torch.tensor([0.9, 0.9, 0.9, 0.9, 0.55, 0.55], dtype=torch.float64)
    correct = torch.tensor([1, 1, 1, 0, 0, 1], dtype=torch.float64)
    error = calibration_error(confidence, correct, torch.ones(6, dtype=torch.float64))
    assert error.item() == pytest.approx((4 * abs(0.9 - 0.75) + 2 * abs(0.55 - 0.5)) / 6)


def test_a_perfect_classifier_reaches_the_best_of_each():
    y = np.array([0, 1, 2, 1])
    found = ours(np.eye(3)[y] * 100, y, None)
    assert found == pytest.approx(
        {"accuracy": 1, "balanced_accuracy": 1, "macro_f1": 1, "roc_auc": 1, "pr_auc": 1, "log_loss": 0, "brier": 0,
         "ece": 0}, abs=1e-12
    )


def test_roc_auc_is_no_number_where_one_class_only_is_there():
    assert np.isnan(ours(np.random.default_rng(0).normal(size=(5, 2)), np.zeros(5, np.int64), None)["roc_auc"])


def test_roc_auc_leaves_out_classes_that_no_row_has():
    logits, y, _ = sample(1, 50, 3, False)
    widened = np.concatenate([logits, np.full((len(y), 1), -50.0)], 1)
    assert ours(widened, y, None)["roc_auc"] == pytest.approx(ours(logits, y, None)["roc_auc"])


@pytest.mark.parametrize("weighted", [True, False])
def test_many_logits_are_looked_at_some_at_a_time_to_the_same_numbers(monkeypatch, weighted):
    logits, y, weight = sample(2, 60, 9, weighted)
    whole = ours(logits, y, weight)
    monkeypatch.setattr(module, "AT_ONCE", 50)
    assert ours(logits, y, weight) == whole
