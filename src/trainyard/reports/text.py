"""Tables and paragraphs of plain text."""

import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100  # characters of a line at most
LABEL = 11  # characters of the label before a line


def table(rows: Sequence[Sequence[str]], *, right: Iterable[int] = (), indent: int = 2) -> list[str]:
    """Return rows of equal length as aligned lines; `right` names the columns that align to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    aligned = set(right)
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in aligned else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append((" " * indent + "  ".join(cells)).rstrip())
    return lines


def labelled(label: str, text: str) -> list[str]:
    """Return a text behind its label, wrapped, its lines aligned."""
    wrapped = textwrap.wrap(text, WIDTH - LABEL, break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{label:<{LABEL}}{wrapped[0]}", *(" " * LABEL + line for line in wrapped[1:])]


def listed(items: Sequence[str], most: int) -> str:
    """Return items with commas between them, the first `most` and how many more there are."""
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


def number(value: float) -> str:
    """Return a measured number with four digits that count, without an exponent where it can be read."""
    if value != value:  # not a number
        return "-"
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        digits = 4 if abs(value) < 10 else 3 if abs(value) < 100 else 2 if abs(value) < 1000 else 1
        return f"{value:,.{digits}f}"
    return f"{value:.3e}"


def seconds_text(seconds: float) -> str:
    """Return a duration as a person says it: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
