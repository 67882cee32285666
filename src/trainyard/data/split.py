"""Which rows train, which choose (val) and which test, as the config asks; independent of the seed of training."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.config.nearest import listed
from trainyard.config.schema.dataset_keys import Dataset
from trainyard.data.columns import likely_format
from trainyard.data.dates import read_moments
from trainyard.data.divide import TEST, TRAIN, VAL, Shares, by_group, by_time, randomly, stratified
from trainyard.data.folds import fold_by_group, fold_randomly, fold_stratified
from trainyard.data.padded import is_padded
from trainyard.data.target import Target
from trainyard.data.values import WrongValueError, decoded, missing, read_numbers, read_texts, wrong_value
from trainyard.errors import DataError

SPELLINGS = {
    "train": ("train", "training", "fit"),
    "val": ("val", "valid", "validation", "dev", "development", "eval"),
    "test": ("test", "testing", "holdout", "hold-out"),
}

Where = Callable[[int], str]


@dataclass(frozen=True)
class Split:
    """Rows of each part, (n,) int64 rising, and how they came about in words."""

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray
    how: str
    notes: tuple[str, ...] = ()


def split_rows(table: pa.Table, dataset: Dataset, files: np.ndarray | None, target: Target, where: Where) -> Split:
    """Divide the rows of a table. `files` (N,) holds "train", "val" or "test" where files say so. Raises DataError."""
    method = dataset.split if dataset.split != "auto" else choose_method(dataset, files, target)
    shares = Shares(dataset.val_fraction, dataset.test_fraction)
    if dataset.folds is not None:
        parts, how = fold_parts(method, table, dataset, target, where)
    elif method == "files" and files is not None:
        parts, how = given_parts(table, dataset, files, target, where), "by files"
    elif method == "column":
        parts = given_parts(table, dataset, column_parts(table, str(dataset.split_column), where), target, where)
        how = f"by {dataset.split_column}"
    else:
        parts, how = divide(method, table, dataset, np.arange(table.num_rows), shares, target, where)
    train, val, test = (np.flatnonzero(parts == part) for part in (TRAIN, VAL, TEST))
    check_classes(method, target, train)
    return Split(train, val, test, how, tuple(scattered_groups(table, dataset, parts)))


def choose_method(dataset: Dataset, files: np.ndarray | None, target: Target) -> str:
    """The method that goes with the keys that are set, else with the task."""
    if files is not None:
        return "files"
    if dataset.split_column is not None:
        return "column"
    return choose_division(dataset, target)


def choose_division(dataset: Dataset, target: Target) -> str:
    if dataset.group is not None:
        return "group"
    if dataset.time is not None:
        return "time"
    return "stratified" if target.task == "classification" else "random"


def divide(
    method: str, table: pa.Table, dataset: Dataset, rows: np.ndarray, shares: Shares, target: Target, where: Where
) -> tuple[np.ndarray, str]:
    """The part (n,) of each of `rows` (n,), and how it was found in words."""
    rng = np.random.Generator(np.random.PCG64(dataset.split_seed))
    if method == "group":
        return by_group(group_codes(table, str(dataset.group), where)[rows], shares, rng), f"by group ({dataset.group})"
    if method == "time":
        return by_time(times(table, str(dataset.time), where)[rows], shares), f"by time ({dataset.time})"
    if method == "stratified" and target.classes is None:
        raise DataError("dataset.split=stratified needs classes, but the target is a number. Set dataset.split=random.")
    if method == "stratified":
        return stratified(target.y[rows], shares, rng), "random, stratified by class"
    return randomly(len(rows), shares, rng), "random"


def fold_parts(
    method: str, table: pa.Table, dataset: Dataset, target: Target, where: Where
) -> tuple[np.ndarray, str]:
    """The part (N,) of each row where one fold is the test part and val is cut from the rest, and how in words."""
    rng = np.random.Generator(np.random.PCG64(dataset.split_seed))
    folds = dataset.folds or 0
    if method == "group":
        fold = fold_by_group(group_codes(table, str(dataset.group), where), folds, rng)
    elif method == "stratified" and target.classes is not None:
        fold = fold_stratified(target.y, folds, rng)
    elif method in ("random", "stratified"):
        fold = fold_randomly(table.num_rows, folds, rng)
    else:
        raise DataError(f"dataset.folds={folds}: rows that are divided by {method} cannot be folded.")
    parts = np.where(fold == dataset.fold, TEST, TRAIN).astype(np.int8)
    rest = np.flatnonzero(parts == TRAIN)
    shares = Shares(dataset.val_fraction * len(parts) / len(rest), 0)
    parts[rest], how = divide(method, table, dataset, rest, shares, target, where)
    return parts, f"fold {(dataset.fold or 0) + 1} of {folds}, {how}"


def given_parts(table: pa.Table, dataset: Dataset, names: np.ndarray, target: Target, where: Where) -> np.ndarray:
    """The part (N,) of each row from names; val is cut from train where no row is named so."""
    parts = np.select([names == "val", names == "test"], [VAL, TEST], TRAIN).astype(np.int8)
    empty = [name for part, name in ((TRAIN, "train"), (TEST, "test")) if not np.any(parts == part)]
    if empty:
        raise DataError(f"The split has no {listed(empty)} rows. Each of train and test needs one at least.")
    if not np.any(parts == VAL):
        rows = np.flatnonzero(parts == TRAIN)
        shares = Shares(dataset.val_fraction, 0)
        parts[rows], _ = divide(choose_division(dataset, target), table, dataset, rows, shares, target, where)
    return parts


def column_parts(table: pa.Table, name: str, where: Where) -> np.ndarray:
    """(N,) "train", "val" or "test" from the texts of a column."""
    texts = pc.utf8_lower(read_texts(table[name]))
    check_complete(table, name, "part", where)
    known = {spelling: part for part, spellings in SPELLINGS.items() for spelling in spellings}
    place = pc.index_in(texts, pa.array(list(known)))
    strange = missing(place)
    if strange.any():
        row = int(np.argmax(strange))
        ways = "; ".join(f"{part}: {', '.join(spellings)}" for part, spellings in SPELLINGS.items())
        raise DataError(f"Column {name} holds {table[name][row].as_py()!r} ({where(row)}), which names no part of the "
                        f"split. These do: {ways}.")  # fmt: skip
    parts: np.ndarray = np.array(list(known.values()))[place.to_numpy()]
    return parts


def group_codes(table: pa.Table, name: str, where: Where) -> np.ndarray:
    """(N,) int64, one number for each different value of a column."""
    check_complete(table, name, "group", where)
    texts = read_texts(table[name])
    return np.asarray(pc.index_in(texts, pc.unique(texts)).to_numpy(), dtype=np.int64)


def times(table: pa.Table, name: str, where: Where) -> np.ndarray:
    """(N,) what rows are ordered by: numbers or moments."""
    check_complete(table, name, "time", where)
    column = decoded(table[name])
    try:
        if pa.types.is_temporal(column.type) and not pa.types.is_duration(column.type):
            return read_moments(column, "year-month-day")
        if pa.types.is_string(column.type) and not is_padded(column):
            return read_moments(column, likely_format(column))
        return read_numbers(column)
    except WrongValueError as wrong:
        raise DataError(f"The rows cannot be ordered by time. {wrong_value(name, wrong, where(wrong.row))}") from None


def check_complete(table: pa.Table, name: str, role: str, where: Where) -> None:
    """Raise for rows without a value in a column that divides them."""
    absent = missing(read_texts(table[name]))
    count = int(np.count_nonzero(absent))
    if count:
        have = "has" if count == 1 else "have"
        raise DataError(f"{count} of {table.num_rows} rows {have} no {name}, the {role} that divides them, first "
                        f"{where(int(np.argmax(absent)))}. Complete them or leave them out.")  # fmt: skip


def check_classes(method: str, target: Target, train: np.ndarray) -> None:
    """Raise for classes that no training row has."""
    if target.classes is None:
        return
    absent = np.flatnonzero(np.bincount(target.y[train], minlength=len(target.classes)) == 0)
    if len(absent):
        label, rows = target.classes[absent[0]], np.count_nonzero(target.y == absent[0])
        what = f"The class {label!r} has none of its {rows} rows in the training part."
        if len(absent) > 1:
            what = f"{len(absent)} classes have no row in the training part, among them {label!r} ({rows} elsewhere)."
        advice = {
            "random": "Set dataset.split=stratified.",
            "group": "Try another dataset.split_seed, or leave its rows out.",
        }.get(method, "Leave its rows out, or divide the rows in another way.")
        raise DataError(f"{what} {advice}")


def scattered_groups(table: pa.Table, dataset: Dataset, parts: np.ndarray) -> list[str]:
    """A note on groups whose rows lie in several parts, where the parts were given."""
    if dataset.group is None:
        return []
    codes = pc.index_in(texts := read_texts(table[dataset.group]), pc.unique(texts)).to_numpy()
    pairs = np.unique(codes.astype(np.int64) * 3 + parts) // 3
    several = int(np.count_nonzero(np.unique(pairs, return_counts=True)[1] > 1))
    values, have = ("value", "has") if several == 1 else ("values", "have")
    return [f"{several} {values} of {dataset.group} {have} rows in more than one part."] if several else []
