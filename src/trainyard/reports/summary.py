"""What a person reads at the start and at the end of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from trainyard.data.summary import Summary
from trainyard.reports.text import labelled, listed, number, seconds_text, table

MOST_COLUMNS, MOST_CLASSES, MOST_LAYERS = 6, 12, 24
Layer = tuple[str, str, str, int]  # name, class, shape of the output, parameters


def start_summary(
    *, name: str, dataset: str, origin: str, digest: str, summary: Summary, targets: Sequence[str],
    classes: Sequence[object] | None, layers: Sequence[Layer], parameters: int, device: str, precision: str,
    training: str, folder: Path,
) -> str:  # fmt: skip
    """Return what is going to be trained on what."""
    lines = [f"{name}: {'classifier' if classes is not None else 'regressor'} of {listed(targets, MOST_COLUMNS)}", ""]
    lines += labelled("data", f"{dataset}: {origin} (digest {digest[:12]})")
    lines += labelled("task", summary.task_reason)
    if classes is not None:
        lines += labelled("classes", f"{len(classes)}: {listed([str(label) for label in classes], MOST_CLASSES)}")
    rows = ", ".join(f"{count:,} {part}" for part, count in summary.rows.items())
    lines += labelled("rows", f"{rows}; split {summary.split}")
    lines += labelled("columns", columns_text(summary))
    for left in summary.left_out[:MOST_COLUMNS]:
        lines += labelled("left out", f"{left.column}: {left.reason}")
    if len(summary.left_out) > MOST_COLUMNS:
        lines += labelled("", f"and {len(summary.left_out) - MOST_COLUMNS} more columns")
    for note in summary.notes:
        lines += labelled("note", note)
    lines += ["", *layer_lines(layers, parameters), ""]
    lines += labelled("device", f"{device}, {precision} bit" if precision.isdigit() else f"{device}, {precision}")
    lines += labelled("training", training)
    lines += labelled("folder", str(folder))
    return "\n".join(lines) + "\n"


def columns_text(summary: Summary) -> str:
    """Return the columns per kind and what the network sees of them."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in summary.kinds.items() if count)
    seen = [f"{summary.numeric} numbers"]
    if summary.one_hot:
        seen.append(f"{summary.one_hot} of them one-hot")
    if summary.indicators:
        seen.append(f"{summary.indicators} that say where a value is missing")
    if summary.embedded:
        seen.append(f"{summary.embedded} embedded")
    return f"{kinds}; the network sees {', '.join(seen)}"


def layer_lines(layers: Sequence[Layer], parameters: int) -> list[str]:
    """Return the layer table with its total; of a very deep network the first and the last layers."""
    rows = [("layer", "type", "output", "parameters")]
    shown = [(name, kind, shape, f"{count:,}") for name, kind, shape, count in layers]
    if len(shown) > MOST_LAYERS:
        left = len(shown) - MOST_LAYERS
        shown = [*shown[: MOST_LAYERS // 2], (f"... {left} more", "", "", ""), *shown[-MOST_LAYERS // 2 :]]
    total = ("total", "", "", f"{parameters:,}")
    return table([*rows, *shown, total], right=(2, 3))


def end_summary(
    *, metrics: Mapping[str, float], baseline_name: str, directions: Mapping[str, str], epochs: int, best_epoch: int,
    reason: str, seconds: float, folder: Path, mlflow: str, next_command: str, error: str | None,
) -> str:  # fmt: skip
    """Return how a run ended: its metrics beside the baseline, where it lies, and what to do next."""
    lines = [] if error is None else [*labelled("stopped", error), ""]
    lines += metric_lines(metrics, baseline_name, directions)
    trained = f"{epochs} epoch{'s' if epochs != 1 else ''} in {seconds_text(seconds)}"
    lines += labelled("training", f"{trained}, best epoch {best_epoch}; {reason}")
    lines += labelled("folder", str(folder))
    lines += labelled("mlflow", mlflow)
    lines += labelled("next", next_command)
    return "\n".join(lines)


def metric_lines(metrics: Mapping[str, float], baseline_name: str, directions: Mapping[str, str]) -> list[str]:
    """Return the table of test metrics beside those of the baseline; nothing where there was no test."""
    rows = [("metric", "test", baseline_name, "better")]
    for name, value in metrics.items():
        part, _, metric = name.partition("/")
        if part == "test":
            baseline = metrics.get(f"baseline/{metric}")
            better = {"max": "higher", "min": "lower"}[directions[metric.split("/")[0]]]
            rows.append((metric, number(value), "-" if baseline is None else number(baseline), better))
    return [*table(rows, right=(1, 2)), ""] if len(rows) > 1 else []


def sweep_summary(
    *, members: Sequence[tuple[str, str, float | None, Mapping[str, float]]], monitor: str, direction: str,
    test_metric: str, spread: Mapping[str, float], folder: Path, mlflow: str,
) -> str:  # fmt: skip
    """Return the members of a sweep, (choices, status, best value of the monitor, metrics), the best first."""
    good = [member for member in members if member[1] == "FINISHED" and member[2] is not None]
    others = [member for member in members if member not in good]
    good.sort(key=lambda member: member[2] or 0.0, reverse=direction == "max")
    rows = [("", "choices", f"best {monitor}", test_metric, "")]
    for place, (choices, status, value, metrics) in enumerate([*good, *others]):
        measured = metrics.get(test_metric)
        rows.append((
            "best" if place == 0 and good else "", choices, "-" if value is None else number(value),
            "-" if measured is None else number(measured), "" if status == "FINISHED" else status.lower(),
        ))  # fmt: skip
    lines = ["", *table(rows, right=(2, 3)), ""]
    if f"std/{test_metric}" in spread:
        mean, deviation = number(spread[f"mean/{test_metric}"]), number(spread[f"std/{test_metric}"])
        lines += labelled("seeds", f"{test_metric} {mean} ± {deviation} over {spread['members/seeds']:.0f} seeds")
    lines += labelled("members", f"{len(good)} finished, {len(others)} not" if others else f"{len(good)} finished")
    lines += labelled("folder", str(folder))
    lines += labelled("mlflow", mlflow)
    return "\n".join(lines)
