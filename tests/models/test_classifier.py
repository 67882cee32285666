import pytest
import torch
from torch import nn
from torch.nn import functional

from trainyard.config import schema
from trainyard.data.minibatches import Minibatch
from trainyard.models import Classifier


class Identity(nn.Module):
    def forward(self, x, codes=None):
        return x


LOGITS = torch.tensor([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 3.0], [1.0, 0.0, 0.0]])
Y = torch.tensor([0, 1, 1, 0])


def loss(config, weight=None, counts=(2, 2, 1)):
    return Classifier(Identity(), config, counts).loss(Minibatch(LOGITS, None, Y, weight))


def test_the_loss_is_cross_entropy():
    assert torch.equal(loss(schema.Classifier()), functional.cross_entropy(LOGITS, Y))


def test_label_smoothing_is_torchs():
    expected = functional.cross_entropy(LOGITS, Y, label_smoothing=0.2)
    torch.testing.assert_close(loss(schema.Classifier(label_smoothing=0.2)), expected)


def test_balanced_class_weights_weigh_by_inverse_frequency():
    expected = functional.cross_entropy(LOGITS, Y, weight=torch.tensor([10 / 24, 10 / 3, 10 / 3]))
    torch.testing.assert_close(loss(schema.Classifier(class_weights="balanced"), counts=(8, 1, 1)), expected)


def test_row_weights_give_a_weighted_mean():
    weight = torch.tensor([1.0, 0.0, 2.0, 0.0])
    rows = functional.cross_entropy(LOGITS, Y, reduction="none")
    torch.testing.assert_close(loss(schema.Classifier(), weight), (rows[0] + 2 * rows[2]) / 3)


def test_rows_of_no_weight_at_all_give_no_loss_rather_than_nan():
    assert loss(schema.Classifier(), torch.zeros(4)) == 0


def test_metrics_start_with_the_loss_that_is_trained():
    model = Classifier(Identity(), schema.Classifier(label_smoothing=0.1), (1, 1, 1))
    metrics = model.metrics(LOGITS, Y, None)
    assert list(metrics) == [
        "loss", "accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "log_loss", "ece",
    ]  # fmt: skip
    assert metrics["loss"] == functional.cross_entropy(LOGITS, Y, label_smoothing=0.1)
    assert metrics["accuracy"] == pytest.approx(0.75)
