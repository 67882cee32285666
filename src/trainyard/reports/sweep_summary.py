"""What a person reads at the end of a sweep: its members or, of a cross-validation, its choices, the best first."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainyard.reports.page import REPORT
from trainyard.reports.text import labelled, number, pasted, plural, table

MOST_MEMBERS = 40


@dataclass(frozen=True)
class MemberRow:
    """A member: what was chosen, how it ended, the best value of the monitor, and its metrics."""

    choices: str
    status: str
    value: float | None
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class ChoiceRow:
    """What was chosen for several folds: in how many runs, and (mean, deviation) of the monitor and the test metric."""

    choices: str
    runs: int
    value: tuple[float, float]
    test: tuple[float, float]


@dataclass(frozen=True)
class Told:
    """What a sweep is told by: the monitor and whether "min" or "max" of it is best, and a metric of the test part."""

    monitor: str
    direction: str
    test_metric: str


def sweep_summary(
    members: Sequence[MemberRow], told: Told, *, metrics: Mapping[str, float], folder: Path, mlflow: str
) -> str:
    """Return the members of a sweep, the best first; `metrics` are those of the sweep as a whole."""
    good = [member for member in members if member.status == "FINISHED" and member.value is not None]
    others = [member for member in members if member not in good]
    good.sort(key=lambda member: _order(member.value, told.direction))
    lines, shared = member_lines([*good, *others], told, best=bool(good))
    if shared:
        lines += labelled("all with", shared)
    if "members/seeds" in metrics:
        seeds = f"{plural(round(metrics['members/seeds']), 'seed')} of the best choices"
        lines += labelled("seeds", _mean_text(told.test_metric, metrics, seeds))
    return "\n".join(["", *lines, *_last_lines(members, folder, mlflow)])


def folds_summary(
    members: Sequence[MemberRow], choices: Sequence[ChoiceRow], told: Told, *, folds: int,
    metrics: Mapping[str, float], folder: Path, mlflow: str,
) -> str:  # fmt: skip
    """Return the choices of a cross-validation, the best mean first, or its members where there is one choice.

    `metrics` are those of the best choice: mean/..., std/... and out_of_fold/...
    """
    if len(choices) > 1:
        shared, differing = _choices([choice.choices for choice in choices])
        rows = [("", "choices", "runs", f"best {told.monitor}", told.test_metric)]
        for place, (words, choice) in enumerate(zip(differing, choices, strict=True)):
            spread = (_spread(*choice.value), _spread(*choice.test))
            rows.append(("best" if place == 0 else "", words, str(choice.runs), *spread))
        lines = [*table(rows[: MOST_MEMBERS + 1], right=(2, 3, 4), cut=1), *_more(len(choices), "choice")]
    else:
        lines, shared = member_lines(members, told, best=False)
    if shared:
        lines += labelled("all with", shared)
    of = " of the best choices" if len(choices) > 1 else ""
    if "members/repeats" in metrics:
        runs = round(metrics["members/repeats"])
        over = plural(runs, "fold") if runs <= folds else f"{runs} runs of {folds} folds"
        lines += labelled("folds", _mean_text(told.test_metric, metrics, f"{over}{of}"))
    measured = {name: value for name, value in metrics.items() if name.startswith("out_of_fold/")}
    if rows_tested := measured.pop("out_of_fold/rows", None):
        values = ", ".join(f"{name.removeprefix('out_of_fold/')} {number(value)}" for name, value in measured.items())
        lines += labelled("each row", f"{values} (out of fold, over {plural(round(rows_tested), 'prediction')}{of})")
    return "\n".join(["", *lines, *_last_lines(members, folder, mlflow)])


def member_lines(members: Sequence[MemberRow], told: Told, *, best: bool) -> tuple[list[str], str]:
    """Return the table of members, in their order, and the choices that they share; `best` marks the first."""
    shared, differing = _choices([member.choices for member in members])
    rows = [("", "choices", f"best {told.monitor}", told.test_metric, "")]
    for place, (choices, member) in enumerate(zip(differing, members, strict=True)):
        mark = "best" if place == 0 and best else ""
        how = "" if member.status == "FINISHED" else member.status.lower()
        rows.append((mark, choices, _number(member.value), _number(member.metrics.get(told.test_metric)), how))
    return [*table(rows[: MOST_MEMBERS + 1], right=(2, 3), cut=1), *_more(len(members), "member")], shared


def _more(count: int, name: str) -> list[str]:
    more = count - MOST_MEMBERS
    return [f"  and {plural(more, f'more {name}')}", ""] if more > 0 else [""]


def _mean_text(metric: str, metrics: Mapping[str, float], repeats: str) -> str:
    mean, deviation = metrics.get(f"mean/{metric}"), metrics.get(f"std/{metric}")
    if mean is None or deviation is None:
        return f"a single one, so {metric} has no deviation"
    return f"{metric} {number(mean)} ± {number(deviation)} (mean and deviation over {repeats})"


def _last_lines(members: Sequence[MemberRow], folder: Path, mlflow: str) -> list[str]:
    statuses = Counter(member.status for member in members)
    ends = [f"{statuses['FINISHED']} finished"]
    ends += [f"{count} {status.lower()}" for status, count in sorted(statuses.items()) if status != "FINISHED"]
    report = pasted("report", str(folder / REPORT)) if (folder / REPORT).exists() else []
    return [*labelled("members", ", ".join(ends)), *pasted("folder", str(folder)), *report, *labelled("mlflow", mlflow)]


def _choices(texts: Sequence[str]) -> tuple[str, list[str]]:
    """Return the words that all members share, and what is left of each; a single member keeps all."""
    words = [text.split(" ") for text in texts]
    shared = [word for word in words[0] if all(word in each for each in words)] if len(words) > 1 else []
    left = [" ".join(word for word in each if word not in shared) for each in words]
    return " ".join(shared), left


def _order(value: float | None, direction: str) -> float:
    if value is None or math.isnan(value):
        return math.inf
    return -value if direction == "max" else value


def _spread(mean: float, deviation: float) -> str:
    return f"{number(mean)} ± {number(deviation)}"


def _number(value: float | None) -> str:
    return "-" if value is None else number(value)
