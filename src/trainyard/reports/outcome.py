"""What a person reads of a model besides its metrics: each class, the calibration, the intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

from trainyard.reports.text import labelled, number, plural, table

MOST_CLASSES = 12
REASONS = {  # why a training ended, by the word that its journal has
    "max_epochs": "all epochs done",
    "max_steps": "training.max_steps reached",
    "max_time": "training.max_time is over",
    "early_stopping": "no improvement for training.patience validations",
    "interrupted": "stopped by Ctrl-C",
    "terminated": "stopped by SIGTERM",
    "requeued": "stopped for Slurm, which queues the job again",
    "callback": "stopped by a callback",
    "diverged": "the loss was no longer a number",
}


def outcome_lines(
    metrics: Mapping[str, float], classes: Sequence[Mapping[str, Any]], quantiles: Sequence[float]
) -> list[str]:
    """Return what there is to tell: a table of up to twelve classes, and a line each on what applies.

    `classes` are the rows of per_class.json, `quantiles` the levels that the model predicts.
    """
    lines = class_lines(classes) if 0 < len(classes) <= MOST_CLASSES else []
    return [*lines, *calibration_lines(metrics), *interval_lines(metrics, quantiles), *left_out_lines(metrics)]


def class_lines(classes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the table of the classes over the test rows."""
    rows = [["class", "precision", "recall", "F1", "test rows"]]
    for row in classes:
        shares = [number(row[name]) for name in ("precision", "recall", "f1")]
        rows.append([str(row["label"]), *shares, f"{row['support']:,.5g}"])
    return [*table(rows, right=range(1, 5)), ""]


def calibration_lines(metrics: Mapping[str, float]) -> list[str]:
    """Return by what the probabilities were changed and what that was worth; nothing where they were not."""
    temperature = metrics.get("calibration/temperature")
    if temperature is None:
        return []
    if temperature == 1:
        return labelled("calibrated", "not at all: every validation row is right, which leaves no temperature to fit")
    changes = [
        f"{name} {number(metrics[f'uncalibrated/{name}'])} to {number(metrics[f'test/{name}'])}"
        for name in [name.partition("/")[2] for name in metrics if name.startswith("uncalibrated/")]
    ]
    return labelled("calibrated", f"temperature {number(temperature)}, fitted on the validation part; test "
                                  f"{', '.join(changes)}")  # fmt: skip


def interval_lines(metrics: Mapping[str, float], quantiles: Sequence[float]) -> list[str]:
    """Return how many test rows lie within the predicted interval; nothing where there is none."""
    coverage, width = metrics.get("test/coverage"), metrics.get("test/interval_width")
    if coverage is None or width is None or len(quantiles) < 2:
        return []
    low, high = quantiles[0], quantiles[-1]
    return labelled("interval", f"{coverage:.1%} of the test rows lie between the quantiles {low:g} and {high:g}, "
                                f"where {high - low:.1%} should; it is {number(width)} wide in the mean")  # fmt: skip


def left_out_lines(metrics: Mapping[str, float]) -> list[str]:
    """Return how many targets mape could not count."""
    zeros = metrics.get("test/mape_left_out")
    return [] if zeros is None else labelled("note", f"mape leaves out {plural(round(zeros), 'test value')} of 0")
