"""What a person reads at the start and at the end of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from trainyard.data.summary import Summary
from trainyard.reports.page import REPORT
from trainyard.reports.text import labelled, listed, number, pasted, plural, seconds_text, shortened, table, wrapped

MOST_COLUMNS, MOST_CLASSES, MOST_LAYERS, MOST_TARGETS = 10, 12, 24, 10
MOST_INPUTS = 36  # characters of a layer's inputs


class LayerRow(NamedTuple):
    """A line of the layer table; a column that is empty in every line is left out."""

    name: str
    kind: str
    shape: str
    parameters: int
    inputs: str = ""
    capacity: str = ""
    coverage: str = ""


def start_summary(
    *, name: str, dataset: str, origin: str, digest: str, summary: Summary, targets: Sequence[str],
    classes: Sequence[object] | None, layers: Sequence[LayerRow], parameters: int, device: str, precision: str,
    training: str, folder: Path, layer_notes: Sequence[str] = (), uncommitted: Sequence[tuple[str, str]] = (),
    remarks: Sequence[str] = (),
) -> str:  # fmt: skip
    """Return what is going to be trained on what.

    `uncommitted` is a sentence and a command for data not committed, `remarks` are sentences about the device.
    """
    model = "classifier" if classes is not None else "regressor"
    lines = [*wrapped(f"{name}: {model} of {listed(targets, MOST_COLUMNS)}"), ""]
    lines += labelled("data", f"{dataset}: {origin} (digest {digest[:12]})")
    lines += labelled("task", summary.task_reason)
    if classes is not None:
        lines += labelled("classes", f"{len(classes)}: {listed([str(label) for label in classes], MOST_CLASSES)}")
    rows = ", ".join(f"{count:,} {part}" for part, count in summary.rows.items())
    dropped = f"; {summary.dropped:,} without a target left out" if summary.dropped else ""
    lines += labelled("rows", f"{rows}; split {summary.split}{dropped}")
    lines += labelled("columns", columns_text(summary))
    for left in summary.left_out[:MOST_COLUMNS]:
        lines += labelled("left out", f"{left.column}: {left.reason}")
    if len(summary.left_out) > MOST_COLUMNS:
        lines += labelled("", f"and {plural(len(summary.left_out) - MOST_COLUMNS, 'more column')}")
    for note in summary.notes:
        lines += labelled("note", note)
    for sentence, command in uncommitted:
        lines += [*labelled("note", sentence), *pasted("", command)]
    lines += ["", *layer_lines(layers, parameters), ""]
    for note in layer_notes:
        lines += labelled("note", note)
    lines += labelled("device", f"{device}, {precision} bit" if precision.isdigit() else f"{device}, {precision}")
    for remark in remarks:
        lines += labelled("note", remark)
    lines += labelled("training", training)
    lines += pasted("folder", str(folder))
    return "\n".join(lines) + "\n"


def columns_text(summary: Summary) -> str:
    """Return the columns per kind and what the network sees of them."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in summary.kinds.items() if count)
    seen = [plural(summary.numeric, "number")]
    if summary.one_hot:
        seen.append(f"{summary.one_hot} of them one-hot")
    if summary.indicators:
        seen.append(f"{summary.indicators} that say where a value is missing")
    if summary.embedded:
        seen.append(f"{summary.embedded} embedded")
    return f"{kinds}; the network sees {', '.join(seen)}"


def layer_lines(layers: Sequence[LayerRow], parameters: int) -> list[str]:
    """Return the layer table with its total; of a very deep network the first and the last layers."""
    shown = [
        (row.name, row.kind, shortened(row.inputs, MOST_INPUTS), row.shape, f"{row.parameters:,}", row.capacity,
         row.coverage)
        for row in layers
    ]  # fmt: skip
    if len(shown) > MOST_LAYERS:
        left = len(shown) - MOST_LAYERS
        more = (f"... {left} more", "", "", "", "", "", "")
        shown = [*shown[: MOST_LAYERS // 2], more, *shown[-MOST_LAYERS // 2 :]]
    header = ("layer", "type", "inputs", "output", "parameters", "capacity", "coverage")
    rows = [header, *shown, ("total", "", "", "", f"{parameters:,}", "", "")]
    kept = [place for place in range(len(header)) if place < 2 or any(row[place] for row in rows[1:])]
    right = [kept.index(place) for place in range(3, len(header)) if place in kept]
    return table([[row[place] for place in kept] for row in rows], right=right)


def end_summary(
    *, metrics: Mapping[str, float], baseline_name: str, directions: Mapping[str, str], trained: str, best_epoch: int,
    reason: str, seconds: float, folder: Path, mlflow: str, next_command: str, error: str | None,
    outcome: Sequence[str] = (),
) -> str:  # fmt: skip
    """Return how a run ended: its metrics beside the baseline, where it lies, and what to do next.

    `trained` says how much, and `outcome` are the lines of reports.outcome.
    """
    lines = [] if error is None else [*labelled("stopped", error.removeprefix("stopped ")), ""]
    lines += metric_lines(metrics, baseline_name, directions)
    lines += target_lines(metrics, baseline_name, directions)
    lines += outcome
    best = f", best epoch {best_epoch}" if best_epoch else ", none of them validated"
    lines += labelled("training", f"{trained} in {seconds_text(seconds)}{best}; {reason}")
    lines += pasted("folder", str(folder))
    if (folder / REPORT).exists():
        lines += pasted("report", str(folder / REPORT))
    lines += labelled("mlflow", mlflow)
    lines += pasted("next", next_command)
    return "\n".join(lines)


def metric_lines(metrics: Mapping[str, float], baseline_name: str, directions: Mapping[str, str]) -> list[str]:
    """Return the table of test metrics beside those of the baseline; nothing where there was no test."""
    rows = [("metric", "test", baseline_name, "better")]
    for metric in directions:
        if (value := metrics.get(f"test/{metric}")) is not None:
            better = {"max": "higher", "min": "lower"}[directions[metric]]
            rows.append((metric, number(value), _number(metrics.get(f"baseline/{metric}")), better))
    if len(rows) == 1:
        return []
    lines = [*table(rows, right=(1, 2)), ""]
    main = next(metric for metric in directions if metric != "loss")
    if not _beats(metrics.get(f"test/{main}"), metrics.get(f"baseline/{main}"), directions[main]):
        lines += labelled("note", f"{main} on the test part is no better than that of the baseline ({baseline_name})")
    return lines


def target_lines(metrics: Mapping[str, float], baseline_name: str, directions: Mapping[str, str]) -> list[str]:
    """Return the table of test metrics per target, where there are several."""
    main = next(metric for metric in directions if metric != "loss")
    prefix = f"test/{main}/"
    targets = [name.removeprefix(prefix) for name in metrics if name.startswith(prefix)]
    if not targets:
        return []
    others = [metric for metric in directions if f"test/{metric}/{targets[0]}" in metrics and metric != main]
    rows = [("target", main, f"{main} of {baseline_name}", *others)]
    for target in targets[:MOST_TARGETS]:
        names = [prefix + target, f"baseline/{main}/{target}", *(f"test/{metric}/{target}" for metric in others)]
        rows.append((target, *(_number(metrics.get(name)) for name in names)))
    more = len(targets) - MOST_TARGETS
    lines = table(rows, right=range(1, len(rows[0])))
    return [*lines, *([f"  and {plural(more, 'more target')}"] if more > 0 else []), ""]


def _beats(value: float | None, baseline: float | None, direction: str) -> bool:
    if value is None or baseline is None:
        return True
    return value > baseline if direction == "max" else value < baseline


def _number(value: float | None) -> str:
    return "-" if value is None else number(value)
