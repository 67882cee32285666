"""The metrics of each task, and whether less or more of one is better."""

from typing import Literal

Direction = Literal["min", "max"]

METRICS: dict[str, dict[str, Direction]] = {
    "classification": {
        "loss": "min", "accuracy": "max", "balanced_accuracy": "max", "macro_f1": "max", "roc_auc": "max",
        "log_loss": "min", "ece": "min",
    },
    "regression": {"loss": "min", "rmse": "min", "mae": "min", "r2": "max", "medae": "min"},
}  # fmt: skip


def metric_direction(name: str) -> Direction:
    """Return whether "min" or "max" of a metric such as val/rmse or val/rmse/<target> is best; KeyError if unknown."""
    base = name.split("/")[1] if "/" in name else name
    return {**METRICS["classification"], **METRICS["regression"]}[base]


def monitor_direction(monitor: str, direction: Literal["auto", "min", "max"]) -> Direction:
    """Return the direction of training.monitor, from the metric itself where training.direction=auto."""
    return metric_direction(monitor) if direction == "auto" else direction
