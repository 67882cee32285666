"""Which way each metric is better."""

from dataclasses import replace
from typing import Literal

import pytest

from tests.config.conftest import compose_quickly
from trainyard.config.metric_names import metric_direction, metric_directions, monitor_direction
from trainyard.config.schema.model import AutoModel, Classifier, ExtraMetric, Regressor

GINI = {"gini": ExtraMetric(_target_="mine.gini", direction="min")}


@pytest.mark.parametrize(
    ("model", "directions"),
    [
        (Classifier(), {"loss": "min", "accuracy": "max", "ece": "min", "top5_accuracy": "max"}),
        (Regressor(), {"rmse": "min", "r2": "max", "mape": "min"}),
        (Regressor(loss="quantile"), {"rmse": "min", "pinball": "min"}),
        (Classifier(extra_metrics=GINI), {"gini": "min", "accuracy": "max"}),
        (AutoModel(), {"accuracy": "max", "r2": "max"}),
    ],
)
def test_a_metric_has_a_direction(model: AutoModel | Classifier | Regressor, directions: dict[str, str]) -> None:
    assert metric_directions(model).items() >= directions.items()


@pytest.mark.parametrize(("name", "direction"), [("val/loss", "min"), ("ece", "min"), ("val/pinball/length", "min")])
def test_a_name_alone_has_a_direction(name: str, direction: str) -> None:
    assert metric_direction(name) == direction


def test_an_unknown_metric_has_none() -> None:
    with pytest.raises(KeyError):
        metric_direction("val/speed")


def test_a_model_has_no_metrics_of_another() -> None:
    assert "pinball" not in metric_directions(Regressor())
    assert "accuracy" not in metric_directions(AutoModel(), "regression")


@pytest.mark.parametrize(("given", "found"), [("auto", "max"), ("max", "max"), ("min", "min")])
def test_the_config_may_say_it(given: Literal["auto", "min", "max"], found: str) -> None:
    config = compose_quickly(["training.monitor=val/accuracy"])
    assert monitor_direction(replace(config, training=replace(config.training, direction=given))) == found


def test_that_of_a_target_is_that_of_its_metric() -> None:
    config = compose_quickly(["dataset=salmon", "training.monitor=val/r2/length_mm"])
    assert monitor_direction(config) == "max"
