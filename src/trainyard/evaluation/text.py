"""An evaluation as a person reads it."""

import math
from collections.abc import Mapping

from trainyard.config.metric_names import METRICS, QUANTILE_METRICS, TOLD
from trainyard.evaluation.evaluate import Evaluation
from trainyard.reports.text import number, plural, table

MOST_SHOWN = 6  # metrics of a group


def evaluation_text(found: Evaluation, task: str, before: Mapping[str, float] | None, by: str | None) -> str:
    """Return the table of metrics, beside those `before` (test/<name>) where these rows tested the model in training,
    and a table of the groups."""
    names = [name for name in found.metrics if "/" not in name]
    rows = [("metric", "value", *(() if before is None else ("in training",)))]
    for name in names:
        shown = () if before is None else (_shown(before.get(f"test/{name}")),)
        rows.append((name, _shown(found.metrics[name]), *shown))
    lines = table(rows, right=range(1, len(rows[0])))
    if before is not None:
        lines += ["", sameness(found.metrics, before)]
    if by is not None:
        order = {**METRICS[task], **QUANTILE_METRICS, **dict.fromkeys(TOLD)}
        chosen = [name for name in order if name in names and name != "loss"][:MOST_SHOWN]
        groups = [(by, "rows", *chosen)]
        for value, group in found.groups.items():
            groups.append((value, f"{group['rows']:,.0f}", *(_shown(group.get(name)) for name in chosen)))
        lines += ["", *table(groups, right=range(1, len(groups[0])))]
    return "\n".join(lines)


def sameness(metrics: Mapping[str, float], before: Mapping[str, float]) -> str:
    """Return whether metrics are those of the training, to the bit, or which of them are not."""
    shared = {name: (value, before[f"test/{name}"]) for name, value in metrics.items() if f"test/{name}" in before}
    other = [name for name, (now, then) in shared.items() if now != then and not (math.isnan(now) and math.isnan(then))]
    if not other:
        return f"equal to those of the training, bit for bit: {plural(len(shared), 'metric')}"
    largest = max(abs(shared[name][0] - shared[name][1]) for name in other)
    return f"not those of the training: {', '.join(other)} differ, by {largest:.3g} at most"


def _shown(value: float | None) -> str:
    return "-" if value is None else number(value)
