"""The metrics of each model, and whether less or more of one is better."""

from typing import Literal

from trainyard.config.schema.model import AutoModel, Classifier, Regressor
from trainyard.config.schema.run import Config

Direction = Literal["min", "max"]

METRICS: dict[str, dict[str, Direction]] = {
    "classification": {
        "loss": "min", "accuracy": "max", "top5_accuracy": "max", "balanced_accuracy": "max", "macro_f1": "max",
        "roc_auc": "max", "pr_auc": "max", "log_loss": "min", "brier": "min", "ece": "min",
    },
    "regression": {"loss": "min", "rmse": "min", "mae": "min", "mape": "min", "r2": "max", "medae": "min"},
}  # fmt: skip
QUANTILE_METRICS: dict[str, Direction] = {"pinball": "min"}
TOLD = ("coverage", "interval_width")  # of intervals: neither less nor more of one alone is better


def metric_directions(model: AutoModel | Classifier | Regressor, task: str | None = None) -> dict[str, Direction]:
    """Return whether less or more is best of each metric that something may be chosen on, in the order to tell them.

    For model=auto they are those of `task`, and of both tasks where that is not known.
    """
    if isinstance(model, AutoModel):
        tasks = METRICS if task is None else [task]
        return {name: direction for each in tasks for name, direction in METRICS[each].items()}
    directions = METRICS["classification" if isinstance(model, Classifier) else "regression"]
    if isinstance(model, Regressor) and model.loss == "quantile":
        directions = directions | QUANTILE_METRICS
    return directions | {name: metric.direction for name, metric in model.extra_metrics.items()}


def metric_direction(name: str) -> Direction:
    """Return the direction of a metric such as val/rmse or val/rmse/<target>; KeyError for those of the user's own."""
    base = name.split("/")[1] if "/" in name else name
    return {**METRICS["classification"], **METRICS["regression"], **QUANTILE_METRICS}[base]


def monitor_direction(config: Config) -> Direction:
    """Return the direction of training.monitor, from the metric itself where training.direction=auto."""
    training = config.training
    if training.direction != "auto":
        return training.direction
    return metric_directions(config.model)[training.monitor.split("/")[1]]
