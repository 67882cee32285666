import pytest
import torch

from tests.networks import own
from trainyard.config.schema import model as schema
from trainyard.errors import ConfigError
from trainyard.models.own import Own, resolve_own

HERE = "tests.networks.own"


def classifier(**settings):
    return schema.Classifier(**settings)


def metric(name, **more):
    return {"mine": schema.ExtraMetric(_target_=f"{HERE}.{name}", **more)}


def test_nothing_is_named_more_often_than_not():
    assert resolve_own(classifier(), []) == Own()


def test_a_function_is_called_with_its_arguments():
    config = classifier(loss="custom", loss_target=f"{HERE}.squared", loss_arguments={"power": 3})
    output, y = torch.randn(4, 2), torch.tensor([0, 1, 0, 1])
    assert torch.equal(resolve_own(config, ["tests"]).loss(output, y), own.squared(output, y, power=3))


def test_a_class_is_made_with_its_arguments():
    config = classifier(loss="custom", loss_target=f"{HERE}.Margin", loss_arguments={"margin": 2.0})
    loss = resolve_own(config, ["tests"]).loss
    assert isinstance(loss, own.Margin)
    assert loss.margin == 2.0


def test_a_metric_sees_what_its_first_argument_is_called():
    output, y = torch.randn(4, 2), torch.tensor([0, 1, 0, 1])
    (share,) = resolve_own(classifier(extra_metrics=metric("share_right")), ["tests"]).metrics
    assert (share.name, share.sees, share.weighted) == ("mine", "prediction", True)
    weight = torch.tensor([1.0, 3.0, 0.0, 0.0])
    assert share(torch.tensor([0, 0, 0, 0]), y, weight).item() == 0.25
    (confidence,) = resolve_own(classifier(extra_metrics=metric("mean_confidence")), ["tests"]).metrics
    value = confidence(torch.softmax(output, 1), y, None)
    assert (confidence.sees, value.dtype) == ("probability", torch.float64)


def test_a_metric_takes_further_arguments():
    config = schema.Regressor(extra_metrics=metric("largest_error", arguments={"factor": 10}))
    (largest,) = resolve_own(config, ["tests"]).metrics
    assert largest(torch.tensor([[1.0]]), torch.tensor([[3.0]]), None).item() == 20


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (classifier(extra_metrics=metric("swapped")), "model.extra_metrics.mine._target_=tests.networks.own.swapped: "
         "its first argument is called y; it has to be output, prediction or probability, then comes y."),
        (schema.Regressor(extra_metrics=metric("mean_confidence")), "model.extra_metrics.mine._target_=tests.networks."
         "own.mean_confidence: its first argument is called probability; it has to be output or prediction, then"),
        (classifier(loss="custom", loss_target=f"{HERE}.not_callable"), "model.loss_target=tests.networks.own."
         "not_callable: is no function and no class, but 3."),
        (classifier(loss="custom", loss_target=f"{HERE}.Margin", loss_arguments={"width": 1}), "model.loss_target="
         "tests.networks.own.Margin: cannot be made (TypeError: "),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_in_a_sentence(config, told):
    with pytest.raises(ConfigError) as refused:
        resolve_own(config, ["tests"])
    assert str(refused.value).startswith(told)


def test_what_is_not_trusted_is_not_imported():
    with pytest.raises(ConfigError, match=r"model\.loss_target=json\.dumps: json is not trusted"):
        resolve_own(classifier(loss="custom", loss_target="json.dumps"), [])
