"""What sets two runs apart, as a person reads it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from trainyard.reports.text import number, plural, shortened, table, wrapped

MOST_FILES = 30
WIDEST = 60  # characters of a value
Row = tuple[str, str, str]


def difference_text(found: Mapping[str, Any]) -> str:
    """Return the facts of `difference`: a table for each section that differs, a line for one that does not."""
    lines = [f"{side}  {found[side]['name']} ({found[side]['status']}), {found[side]['folder']}" for side in "ab"]
    sections = [section_lines(name, pair_rows(found[name])) for name in ("config", "data")]
    sections.append(code_lines(found["code"]))
    sections += [section_lines(name, pair_rows(found[name])) for name in ("environment", "seeds", "model")]
    sections.append(metric_lines(found["metrics"]))
    for before, section in pairwise([lines, *sections]):
        apart = len(section) > 1 or len(before) > 1
        lines = [*lines, *([""] if apart else []), *section]
    return "\n".join(lines)


def section_lines(section: str, rows: Sequence[Row]) -> list[str]:
    """Return a section with its table, or that it is the same."""
    if not rows:
        return [f"{section}: the same"]
    return [f"{section}: {_differ(len(rows))}", *table([("", "a", "b"), *rows], cut=1, width=140)]


def pair_rows(pairs: Mapping[str, Sequence[Any]]) -> list[Row]:
    """Return the rows of names with two values each."""
    return [(name.removeprefix("packages."), _shown(values[0]), _shown(values[1])) for name, values in pairs.items()]


def code_lines(code: Mapping[str, Any]) -> list[str]:
    """Return revisions and files that differ."""
    if not code:
        return ["code: the same"]
    lines = ["code: differs"]
    if "revisions" in code:
        for side, revision, told in zip("ab", code["revisions"], code["subjects"], strict=True):
            what = "no commit" if revision is None else f"{revision[:12]} {told or '(not in this repository)'}"
            lines += [f"  {line}" for line in wrapped(f"{side}  {what}")]
        lines += _between_lines(code["between"])
    rows = pair_rows({**code.get("uncommitted", {}), **code.get("untracked", {})})
    if rows:
        lines += [f"  not committed: {_differ(len(rows))}", *_cut(table([("", "a", "b"), *rows], indent=4))]
    return lines


def metric_lines(metrics: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the metrics that differ, with the difference and which run is better."""
    if not metrics:
        return ["metrics: the same"]
    rows = [("", "a", "b", "b - a", "better")]
    for name, values in metrics.items():
        change = values["difference"]
        signed = "-" if change is None else f"{'+' if change > 0 else ''}{number(change)}"
        rows.append((name, _measured(values["a"]), _measured(values["b"]), signed, values["better"] or ""))
    return [f"metrics: {_differ(len(metrics))}", *table(rows, right=(1, 2, 3), width=140)]


def _between_lines(between: Mapping[str, str] | None) -> list[str]:
    if between is None:
        return ["  what lies between them is not known: one is not in this repository"]
    if not between:
        return ["  with the same files"]
    head = f"  between them: {_differ(len(between))}"
    return [head, *_cut(table(list(between.items()), indent=4))]


def _cut(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_FILES
    return lines if more <= 0 else [*lines[:MOST_FILES], f"    and {plural(more, 'more file')}"]


def _differ(count: int) -> str:
    return "1 differs" if count == 1 else f"{count} differ"


def _shown(value: Any) -> str:
    """Return a value as it is typed in a config; - for none."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    text = f"[{','.join(map(_shown, value))}]" if isinstance(value, list) else str(value)
    return shortened(text, WIDEST)


def _measured(value: float | None) -> str:
    return "-" if value is None else number(value)
