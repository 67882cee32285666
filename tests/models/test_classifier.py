import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.networks.own import squared
from trainyard.config.metric_names import metric_directions
from trainyard.config.schema import model as schema
from trainyard.data.rows import Minibatch
from trainyard.models import Classifier
from trainyard.models.losses import focal_loss
from trainyard.models.own import resolve_own


class Identity(nn.Module):
    def forward(self, x, codes=None):
        return x


LOGITS = torch.tensor([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 3.0], [1.0, 0.0, 0.0]])
Y = torch.tensor([0, 1, 1, 0])


def loss(config, weight=None, counts=(2, 2, 1)):
    return Classifier(Identity(), config, counts).loss(Minibatch(LOGITS, None, Y, weight))


def test_the_loss_is_cross_entropy():
    assert torch.equal(loss(schema.Classifier()), functional.cross_entropy(LOGITS, Y))


def test_the_loss_may_be_focal():
    found = loss(schema.Classifier(loss="focal", focal_gamma=1.5))
    torch.testing.assert_close(found, focal_loss(LOGITS, Y, 1.5).mean())


def test_the_loss_may_be_ones_own():
    config = schema.Classifier(loss="custom", loss_target="tests.networks.own.squared", class_weights="balanced")
    model = Classifier(Identity(), config, (2, 2, 1), resolve_own(config, ["tests"]))
    assert torch.equal(model.row_loss(LOGITS, Y), squared(LOGITS, Y))
    assert model.row_weight(Y, None) is not None


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
        "loss", "accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "pr_auc", "log_loss", "brier", "ece",
    ]  # fmt: skip
    assert metrics["loss"] == functional.cross_entropy(LOGITS, Y, label_smoothing=0.1)
    assert metrics["accuracy"] == pytest.approx(0.75)


def test_the_metrics_are_those_that_the_config_knows():
    wide = Classifier(Identity(), schema.Classifier(), (1,) * 6)
    found = wide.metrics(torch.eye(6), torch.arange(6), None)
    assert list(found) == list(metric_directions(schema.Classifier()))


@pytest.mark.parametrize(
    ("what", "expected"),
    [("output", LOGITS), ("prediction", LOGITS.argmax(1)), ("probability", torch.softmax(LOGITS.double(), 1))],
)
def test_a_metric_of_ones_own_sees_what_it_asks_for(what, expected):
    seen, y = Classifier(Identity(), schema.Classifier(), (1, 1, 1)).seen(what, LOGITS, Y)
    assert torch.equal(seen, expected)
    assert y is Y
