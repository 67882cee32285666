"""Which way each metric is better."""

from typing import Literal

import pytest

from trainyard.config.metric_names import metric_direction, monitor_direction


@pytest.mark.parametrize(
    ("name", "direction"),
    [("val/loss", "min"), ("val/accuracy", "max"), ("ece", "min"), ("val/r2", "max"), ("val/rmse/length", "min")],
)
def test_a_metric_has_a_direction(name: str, direction: str) -> None:
    assert metric_direction(name) == direction


def test_an_unknown_metric_has_none() -> None:
    with pytest.raises(KeyError):
        metric_direction("val/speed")


@pytest.mark.parametrize(("given", "found"), [("auto", "max"), ("max", "max"), ("min", "min")])
def test_the_config_may_say_it(given: Literal["auto", "min", "max"], found: str) -> None:
    assert monitor_direction("val/accuracy", given) == found
