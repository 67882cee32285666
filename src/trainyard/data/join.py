"""The tables of train, val and test as one, with one sentence for each column that does not fit."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

import pyarrow as pa

from trainyard.data.files import listed
from trainyard.data.padded import is_padded
from trainyard.data.source import SourceFile
from trainyard.data.strays import first_stray
from trainyard.errors import DataError


def joined(
    tables: Mapping[str, pa.Table], files: Mapping[str, SourceFile], *, ignored: Collection[str] = (),
    needed: Collection[str] = (),
) -> tuple[pa.Table, tuple[str, ...]]:  # fmt: skip
    """The rows of all tables in order, with the columns of train, and notes on columns that only others have.

    Integers in one file and fractions in another become fractions, dates and times become times, whole numbers become
    texts where another file has some with leading zeros, and a column that is all missing fits any kind. Columns that
    are `ignored` may be missing in a file; those that are `needed` can be no feature. Raises DataError for columns that
    a file lacks and for kinds that do not fit.
    """
    names = tables["train"].column_names
    train = files["train"].path.name
    faults, notes = [], []
    for part, table in tables.items():
        missing = [name for name in names if name not in table.column_names and name not in ignored]
        extra = [name for name in table.column_names if name not in names]
        for name in missing:
            near = get_close_matches(name, extra, n=1, cutoff=0.75)
            hint = f"; did you mean its {near[0]}?" if near else "."
            if name not in needed:
                hint += f" If it is not needed, write dataset.ignore=[{name}]."
            faults.append(f"{files[part].path.name} has no column {name}, which {train} has{hint}")
        if extra and not missing:
            notes.append(f"{files[part].path.name}: left out {listed(extra)}, which {train} does not have.")
    if faults:
        raise DataError(faults)
    columns = []
    for name in names:
        pieces = {part: column_of(table, name) for part, table in tables.items()}
        try:
            columns.append(under_one_another(list(pieces.values())))
        except pa.ArrowException:
            faults.append(misfit(name, pieces, files))
    if faults:
        raise DataError(faults)
    return pa.table(columns, names=names), tuple(notes)


def column_of(table: pa.Table, name: str) -> pa.ChunkedArray:
    """A column of a table, all missing where it has none."""
    return table[name] if name in table.column_names else pa.chunked_array([pa.nulls(table.num_rows)])


def under_one_another(pieces: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """The values of all pieces in the widest of their kinds. Raises pa.ArrowException when there is none."""
    times = [piece.type for piece in pieces if pa.types.is_timestamp(piece.type)]
    if times:
        pieces = [piece.cast(times[0]) if pa.types.is_date(piece.type) else piece for piece in pieces]
    if any(pa.types.is_string(piece.type) and is_padded(piece) for piece in pieces):
        pieces = [piece.cast(pa.string()) if pa.types.is_integer(piece.type) else piece for piece in pieces]
    tables = [pa.table({"piece": piece}) for piece in pieces]
    return pa.concat_tables(tables, promote_options="permissive")["piece"]


def misfit(name: str, pieces: Mapping[str, pa.ChunkedArray], files: Mapping[str, SourceFile]) -> str:
    """The fault for a column whose kinds differ, with the text that stands among numbers where that is the reason."""
    kinds = listed([f"{piece.type} in {files[part].path.name}" for part, piece in pieces.items()])
    for part, piece in pieces.items():
        stray = first_stray(piece)
        if stray:
            return f"Column {name} is {kinds}: {files[part].place(stray.row)} holds {stray.value!r}."
    return f"Column {name} is {kinds}. Give it one kind in all files."
