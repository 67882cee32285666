"""The part that each column of a table plays: target, key of the split, a feature of some kind, or none, and why."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.schema.dataset import Csv
from trainyard.config.schema.dataset_keys import Column, Dataset
from trainyard.data.dates import FORMATS, read_moments
from trainyard.data.kinds import DECIMAL_COMMA, Counts, Guess, infer_kind, share_of_dates
from trainyard.data.source import Source
from trainyard.data.strays import first_stray
from trainyard.data.summary import LeftOut
from trainyard.data.values import WrongValueError, decoded, is_number, read_flags, read_numbers, read_texts, wrong_value

KEYS = {
    "group": "groups the rows of the split (dataset.group)",
    "split_column": "says the part of each row (dataset.split_column)",
    "weight": "holds the weights of the rows (dataset.weight)",
    "time": "orders the rows (dataset.time)",
}
UNTOUCHED = Column()


@dataclass(frozen=True)
class Feature:
    """A column that the network sees.

    - kind: numeric, category, boolean or datetime; written: how texts have a date, a key of dates.FORMATS
    - transform: name of a numeric transform; encoding: auto, one_hot or embedding
    - rising: whether a date may count as elapsed time
    """

    name: str
    kind: str
    transform: str
    encoding: str = "auto"
    written: str = "year-month-day"
    rising: bool = True

    def check(self, column: pa.ChunkedArray) -> None:
        """Raise WrongValueError for the first value that a column of this kind cannot hold."""
        if self.kind == "datetime":
            read_moments(column, self.written)
        else:
            {"numeric": read_numbers, "boolean": read_flags, "category": read_texts}[self.kind](column)


@dataclass
class Columns:
    """What the columns of a table are; grows while they are looked at."""

    features: list[Feature] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def nothing_left(self) -> str:
        """The fault for a table without a feature."""
        reasons = "; ".join(f"{left.column} {left.reason}" for left in self.left_out)
        return f"No column is left to predict from: {reasons or 'there is only the target'}."


def check_names(source: Source, dataset: Dataset) -> Iterator[str]:
    """A fault for each name in the config that is no column of the table."""
    asked = [("target", name) for name in dataset.target]
    asked += [("ignore", name) for name in dataset.ignore]
    asked += [(key, name) for key in KEYS if (name := getattr(dataset, key)) is not None]
    asked += [("columns", name) for name in dataset.columns]
    names = source.table.column_names
    table = listed([path.name for path in source.paths]) if source.paths else source.origin
    for key, name in asked:
        if name not in names:
            option = f"dataset.columns.{name}" if key == "columns" else f"dataset.{key}={name}"
            yield f"{table} has no column {name} ({option}){did_you_mean(name, names) or '.'}"


def choose_columns(
    dataset: Dataset, table: pa.Table, train: np.ndarray, where: Callable[[int], str], rows: np.ndarray | None = None
) -> Columns:
    """The features among the columns of `table`, by its rows `train`, with faults for values that do not fit.

    `where` says where a row of `table` comes from, `rows` (N,) which row of the source it is, each in its place by
    default.
    """
    numbers = train if rows is None else rows[train]
    chosen = Columns()
    for name in table.column_names:
        override = dataset.columns.get(name, UNTOUCHED)
        reason = reason_to_leave(name, dataset, override)
        if reason:
            chosen.left_out.append(LeftOut(name, reason))
        if reason is not None:
            continue
        guess = choose_kind(name, table[name].take(pa.array(train)), override, numbers)
        take_in(chosen, name, guess, table[name], dataset, where)
    if not chosen.features and not chosen.faults:
        chosen.faults.append(chosen.nothing_left())
    return chosen


def reason_to_leave(name: str, dataset: Dataset, override: Column) -> str | None:
    """Why a column is no feature whatever it holds; "" for the target, which needs no reason; None if it may be one.

    A key of the split becomes a feature when dataset.columns says what it is.
    """
    if name in dataset.target:
        return ""
    if name in dataset.ignore:
        return "is in dataset.ignore"
    if override.kind == "ignore":
        return f"is ignored (dataset.columns.{name}.kind)"
    keys = [key for key in KEYS if getattr(dataset, key) == name and override == UNTOUCHED]
    return KEYS[keys[0]] if keys and keys != ["time"] else None


def choose_kind(name: str, column: pa.ChunkedArray, override: Column, rows: np.ndarray) -> Guess:
    """The kind of a column from its training values, or the one that is given if there is anything to learn from it.

    `rows` (n,) are the numbers of their rows.
    """
    guess = infer_kind(name, column, rows)
    if guess.kind == "empty":
        return guess
    if override.kind == "datetime":
        return Guess("datetime", written=likely_format(column))
    if override.kind in ("numeric", "category", "boolean"):
        return Guess(override.kind)
    if override.encoding != "auto":
        return Guess("category")
    if override.transform != "auto" and guess.kind not in ("numeric", "datetime"):
        return Guess("numeric")
    return guess


def likely_format(column: pa.ChunkedArray) -> str:
    """How most values of a column are written as dates, a key of dates.FORMATS."""
    column = decoded(column)
    if not pa.types.is_string(column.type):
        return "yearmonthday" if is_number(column.type) else "year-month-day"
    counts = Counts.of(read_texts(column))
    return max(FORMATS, key=lambda written: share_of_dates(counts, written))


def take_in(
    chosen: Columns, name: str, guess: Guess, column: pa.ChunkedArray, dataset: Dataset, where: Callable[[int], str]
) -> None:
    """Put a column among the features if it is one and all its values fit, else among the left out or the faults."""
    override = dataset.columns.get(name, UNTOUCHED)
    orders = name == dataset.time and override == UNTOUCHED
    if orders and guess.kind != "datetime":
        chosen.left_out.append(LeftOut(name, KEYS["time"]))
        return
    if guess.kind in ("identifier", "empty"):
        chosen.left_out.append(LeftOut(name, guess.reason))
        return
    kind = guess.kind if guess.kind != "stray" else {"numbers": "numeric", "dates": "datetime"}[guess.reason]
    transform = dataset.transform if override.transform == "auto" else override.transform
    feature = Feature(name, kind, transform, override.encoding, guess.written, rising=not orders)
    try:
        feature.check(column)
    except WrongValueError as wrong:
        advice = advise(name, kind, wrong.value, column, isinstance(dataset, Csv))
        chosen.faults.append(f"{wrong_value(name, wrong, where(wrong.row))}{advice}")
        return
    chosen.features.append(feature)
    chosen.notes += [guess.note] if guess.note else []


def advise(name: str, kind: str, value: Any, column: pa.ChunkedArray, from_file: bool) -> str:
    """What to do about a value that its column cannot hold."""
    if not pa.types.is_string(column.type):
        return f" Correct it, or leave the column out with dataset.ignore=[{name}]."
    if kind == "numeric" and re.search(DECIMAL_COMMA, str(value)):
        return " If the comma is its decimal mark, set dataset.decimal=','." if from_file else " Write it with a point."
    stray = first_stray(column) if kind == "numeric" else None
    count = f" {stray.count} of its {stray.values} values are no numbers." if stray else ""
    missing = " If it means missing, name it in dataset.missing_values;" if from_file else ""
    return f"{count}{missing or ' Correct it;'} or set dataset.columns.{name}.kind=category (or ignore)."
