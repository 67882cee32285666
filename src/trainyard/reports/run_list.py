"""A list of runs and sweeps, as a table for a person, as JSON and as CSV."""

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from trainyard.files import json_text
from trainyard.reports.text import number, seconds_text, table

DAY = 86400.0


@dataclass(frozen=True)
class Row:
    """A run or sweep; `level` is 1 for a member under its sweep, `best` marks the best of them.

    `id` finds it again as run=<id>. `test` and `validated` are pairs of name and value: the main metric of the test
    part, and the best value of training.monitor; `deviation` is that of a mean over folds. `choices` are overrides as
    they were typed, of a member those that its sweep has not alike.
    """

    id: str
    kind: str
    status: str
    experiment: str
    name: str
    choices: str
    began: float
    seconds: float
    folder: Path
    sweep: str | None = None
    level: int = 0
    best: bool = False
    test: tuple[str, float] | None = None
    deviation: float | None = None
    validated: tuple[str, float] | None = None


def runs_table(rows: Sequence[Row], width: int) -> str:
    """Return the rows as a table of one line each, the last column cut where a line would be wider than `width`."""
    cells = [("id", "", "", "experiment", "began", "took", "test", "best validation", "choices")]
    for row in rows:
        cells.append((
            "  " * row.level + row.id, "best" if row.best else "sweep" if row.kind == "sweep" else "",
            row.status.lower(), row.experiment, _moment(row.began), seconds_text(row.seconds),
            _measured(row.test, row.deviation), _measured(row.validated, None), row.choices,
        ))  # fmt: skip
    return "\n".join(table(cells, right=(5,), cut=8, indent=0, width=width))


def runs_json(rows: Sequence[Row]) -> str:
    """Return the rows as a list of objects."""
    return json_text([_plain(row) for row in rows]).rstrip("\n")


def runs_csv(rows: Sequence[Row]) -> str:
    """Return the rows as CSV with a header."""
    text = io.StringIO()
    plain = [_plain(row) for row in rows]
    writer = csv.DictWriter(text, list(plain[0]) if plain else list(_plain(EMPTY)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(plain)
    return text.getvalue().rstrip("\n")


def _plain(row: Row) -> dict[str, object]:
    values: dict[str, object] = asdict(row)
    for name in ("test", "validated"):
        metric, value = getattr(row, name) or (None, None)
        values |= {f"{name}_metric": metric, f"{name}_value": value}
        del values[name]
    began = datetime.fromtimestamp(row.began).astimezone().isoformat(timespec="seconds")
    return {**values, "began": began, "seconds": round(row.seconds, 3), "folder": str(row.folder)}


def _moment(seconds: float) -> str:
    """Return when something was: the time of a day, and the year where it is not of this one."""
    form = "%m-%d %H:%M" if time.time() - seconds < 300 * DAY else "%Y-%m-%d"
    return datetime.fromtimestamp(seconds).strftime(form)


def _measured(measured: tuple[str, float] | None, deviation: float | None) -> str:
    if measured is None:
        return "-"
    spread = "" if deviation is None else f" ± {number(deviation)}"
    return f"{measured[0].partition('/')[2]} {number(measured[1])}{spread}"


EMPTY = Row("", "run", "", "", "", "", 0.0, 0.0, Path())
