"""The raw rows of a dataset, as read and before anything is decided about them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from trainyard.config.nearest import listed


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
    - digest: md5 of the file's bytes as DVC has it; of several files or a built-in: see lineage.digest, data.builtin
    - origin: where the rows come from, for a person: a path, or "scikit-learn 1.9.1: load_digits"
    - image_shape: (channels, height, width) when the feature columns are the pixels of an image in that order
    - notes: what reading had to decide, a sentence each
    """

    table: pa.Table
    digest: str
    origin: str
    parts: np.ndarray | None = None
    files: tuple[SourceFile, ...] = ()
    image_shape: tuple[int, int, int] | None = None
    notes: tuple[str, ...] = ()

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
        """The place of a row for a message: "houses.csv, line 7", "houses.parquet, row 6", or "row 6"."""
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
