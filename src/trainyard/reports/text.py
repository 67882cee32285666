"""Tables and paragraphs of plain text."""

import math
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100  # characters of a line at most
LABEL = 11  # characters of the label before a line


def table(
    rows: Sequence[Sequence[str]], *, right: Iterable[int] = (), cut: int = 0, indent: int = 2, width: int = WIDTH
) -> list[str]:
    """Return rows of equal length as aligned lines.

    `right` names the columns that align to the right, `cut` the one whose texts are shortened where the table would
    be wider than `width`.
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    others = indent + sum(widths) - widths[cut] + 2 * (len(widths) - 1)
    widths[cut] = min(widths[cut], max(width - others, LABEL))
    aligned = set(right)
    lines = []
    for row in rows:
        cells = [shortened(cell, most) if column == cut else cell
                 for column, (cell, most) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
        cells = [cell.rjust(most) if column in aligned else cell.ljust(most)
                 for column, (cell, most) in enumerate(zip(cells, widths, strict=True))]  # fmt: skip
        lines.append((" " * indent + "  ".join(cells)).rstrip())
    return lines


def labelled(label: str, text: str) -> list[str]:
    """Return a text behind its label, wrapped, its lines aligned."""
    first, *others = wrapped(text, WIDTH - LABEL)
    return [f"{label:<{LABEL}}{first}", *(" " * LABEL + line for line in others)]


def wrapped(text: str, width: int = WIDTH) -> list[str]:
    """Return the lines of a text, one at least, cut between words; a word that is longer than a line stays whole."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def pasted(label: str, text: str) -> list[str]:
    """Return a path or a command behind its label, on one line, however long, so that it can be pasted."""
    return [f"{label:<{LABEL}}{text}"]


def shortened(text: str, most: int) -> str:
    """Return a text of at most `most` characters, without line breaks."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def listed(items: Sequence[str], most: int) -> str:
    """Return items with commas between them, the first `most` and how many more there are."""
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


def plural(count: int, name: str) -> str:
    """Return a count and its name: 1 seed, 1,200 seeds."""
    return f"{count:,} {name}{'s' if count != 1 else ''}"


def number(value: float) -> str:
    """Return a measured number with at least three digits that count, without an exponent where it can be read."""
    if math.isnan(value):
        return "-"
    size = abs(value)
    if size != 0 and not 1e-4 <= size < 1e6:
        return f"{value:.3e}"
    if 0 < size < 0.01:
        return f"{value:.3g}"
    return f"{value:,.{4 if size < 10 else 3 if size < 100 else 2 if size < 1000 else 1}f}"


def seconds_text(seconds: float) -> str:
    """Return a duration as a person says it: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
