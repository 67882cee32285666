"""The tables of train, val and test as one, with one sentence for each column that does not fit."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import pyarrow as pa

from trainyard.data.files import listed
from trainyard.data.source import SourceFile
from trainyard.data.strays import first_stray
from trainyard.errors import DataError


def joined(tables: Mapping[str, pa.Table], files: Mapping[str, SourceFile]) -> tuple[pa.Table, tuple[str, ...]]:
    """The rows of all tables in order, with the columns of train, and notes on columns that only others have.

    Integers in one file and fractions in another become fractions, dates and times become times, and a column that is
    all missing fits any kind. Raises DataError for columns that a file lacks and for kinds that do not fit.
    """
    names = tables["train"].column_names
    train = files["train"].path.name
    faults, notes = [], []
    for part, table in tables.items():
        missing = [name for name in names if name not in table.column_names]
        extra = [name for name in table.column_names if name not in names]
        for name in missing:
            near = get_close_matches(name, extra, n=1, cutoff=0.75)
            hint = f"; did you mean its {near[0]}?" if near else "."
            faults.append(f"{files[part].path.name} has no column {name}, which {train} has{hint}")
        if extra and not missing:
            notes.append(f"{files[part].path.name}: left out {listed(extra)}, which {train} does not have.")
    if faults:
        raise DataError(faults)
    columns = []
    for name in names:
        pieces = {part: table[name] for part, table in tables.items()}
        try:
            columns.append(under_one_another(list(pieces.values())))
        except pa.ArrowException:
            faults.append(misfit(name, pieces, files))
    if faults:
        raise DataError(faults)
    return pa.table(columns, names=names), tuple(notes)


def under_one_another(pieces: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """The values of all pieces in the widest of their kinds. Raises pa.ArrowException when there is none."""
    times = [piece.type for piece in pieces if pa.types.is_timestamp(piece.type)]
    if times:
        pieces = [piece.cast(times[0]) if pa.types.is_date(piece.type) else piece for piece in pieces]
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
