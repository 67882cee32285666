"""The test metrics of a run beside those of its baseline, by what metrics.json holds."""

from collections.abc import Mapping
from typing import NamedTuple

from trainyard.config.metric_names import METRICS, QUANTILE_METRICS, Direction
from trainyard.reports.text import number

TEST, BASELINE = "test/", "baseline/"


class MetricRow(NamedTuple):
    """A metric over the test part; `beats` is None where less and more are no better, or nothing compares."""

    name: str
    value: float
    baseline: float | None
    beats: bool | None


def metric_rows(metrics: Mapping[str, float], task: str) -> list[MetricRow]:
    """Return the metrics test/<name> of a task in the order in which they were told, those per target left out."""
    names = [name.removeprefix(TEST) for name in metrics if name.startswith(TEST) and name.count("/") == 1]
    known = directions(task)
    return [
        MetricRow(name, metrics[TEST + name], metrics.get(BASELINE + name),
                  beats(metrics[TEST + name], metrics.get(BASELINE + name), known.get(name)))
        for name in names if name != "mape_left_out"
    ]  # fmt: skip


def directions(task: str) -> dict[str, Direction]:
    """Return whether less or more is better of the metrics of a task; of one's own metrics it is not known here."""
    return {**METRICS.get(task, {}), **(QUANTILE_METRICS if task == "regression" else {})}


def beats(value: float, baseline: float | None, direction: Direction | None) -> bool | None:
    """Return whether a metric is better than that of the baseline; None where that cannot be said."""
    if baseline is None or direction is None:
        return None
    return value > baseline if direction == "max" else value < baseline


def target_rows(metrics: Mapping[str, float], task: str) -> list[list[str]]:
    """Return a table of the metrics per target with its header; nothing where there are no several targets."""
    main = next((name for name in directions(task) if name != "loss"), "")
    prefix = f"{TEST}{main}/"
    targets = [name.removeprefix(prefix) for name in metrics if name.startswith(prefix)]
    if not targets:
        return []
    others = [name for name in directions(task) if name != main and f"{TEST}{name}/{targets[0]}" in metrics]
    rows = [["target", main, f"{main} of the baseline", *others]]
    for target in targets:
        names = [prefix + target, f"{BASELINE}{main}/{target}", *(f"{TEST}{name}/{target}" for name in others)]
        rows.append([target, *(number_or_dash(metrics.get(name)) for name in names)])
    return rows


def number_or_dash(value: float | None) -> str:
    """Return a measured number, or a dash where there is none."""
    return "-" if value is None else number(value)
