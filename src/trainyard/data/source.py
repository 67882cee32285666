"""The raw rows of a dataset, as read and before anything is decided about them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from trainyard.config.nearest import listed
from trainyard.data.pixels import Pixels


@dataclass(frozen=True)
class SourceFile:
    """One file of a source: its path, its number of rows, and the line of each row where it is a text file.

    `find_lines` gives the 1-based line on which each row begins; it reads the file again, so only messages ask for it.
    """

    path: Path
    rows: int
    find_lines: Callable[[], np.ndarray] | None = None  # -> (rows,) int64

    @cached_property
    def lines(self) -> np.ndarray | None:
        return self.find_lines() if self.find_lines else None

    def place(self, row: int) -> str:
        """Where a row of this file is, for a message: "houses.csv, line 7" or "houses.parquet, row 6"."""
        if self.lines is None:
            return f"{self.path.name}, row {row + 1}"
        return f"{self.path.name}, line {self.lines[row]}"


@dataclass(frozen=True)
class Source:
    """Raw rows, where they came from, and the digest of their bytes.

    Rows are counted from 0 over all files in order. Text columns hold strings, missing values are nulls.

    - table: (N rows); column names are unique and not empty; dictionaries are decoded
    - parts: (N,) "train", "val" or "test" per row where files say so (split=files), else None
    - digest: md5 of the file's or folder's bytes as DVC has it; of several files: see lineage.digest.parts_md5; of a
      built-in: that of the file which data.export.export_csv writes
    - origin: where the rows come from, for a person: see data.origin
    - pixels: the images of the rows, where these are images; the table then holds what else is known of them
    - names: what each row is called in messages, where rows are files of their own
    - notes: what reading had to decide, a sentence each
    """

    table: pa.Table
    digest: str
    origin: str
    parts: np.ndarray | None = None
    files: tuple[SourceFile, ...] = ()
    pixels: Pixels | None = None
    names: Sequence[str] = ()
    notes: tuple[str, ...] = ()

    def noting(self, more: Sequence[str]) -> "Source":
        """The same rows with further notes."""
        return replace(self, notes=(*self.notes, *more))

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(file.path for file in self.files)

    def locate(self, row: int) -> tuple[Path | None, int]:
        """The file of a row and its line there, counted from 1; its row, counted from 1, where there are no lines."""
        for file in self.files:
            if row < file.rows:
                lines = file.lines
                return file.path, row + 1 if lines is None else int(lines[row])
            row -= file.rows
        return None, row + 1

    def where(self, row: int) -> str:
        """The place of a row for a message: "houses.csv, line 7", "houses.parquet, row 6", "cat/one.jpg" or "row 6"."""
        if self.names:
            return self.names[row]
        for file in self.files:
            if row < file.rows:
                return file.place(row)
            row -= file.rows
        return f"row {row + 1}"

    def named(self, faults: Iterable[str]) -> list[str]:
        """The faults, each with the names of the files before it unless it says in which of them it lies."""
        names = [path.name for path in self.paths]
        return [
            fault if not names or any(name in fault for name in names) else f"{listed(names)}: {fault}"
            for fault in faults
        ]
