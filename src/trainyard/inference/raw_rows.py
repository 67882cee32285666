"""Raw rows of a file or of standard input some at a time, so that any number of them takes the memory of a few."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from trainyard.data.files import PARQUET_ENDINGS, TEXT_ENDINGS, check_file
from trainyard.data.read import check_names, plain
from trainyard.data.read_columnar import whole
from trainyard.errors import DataError
from trainyard.inference.raw_text import TextRows

STANDARD_INPUT = Path("/dev/stdin")
OLD_FEATHER = b"FEA1"
ROWS = 1 << 15  # of a table in a binary file that are read at once


@dataclass(frozen=True)
class Chunk:
    """Some rows in a row: `count` of them, of which those in `table` could be cut into columns; of the same rows,
    `kept` has the columns that are kept as they are.

    `rows` (N,) int64 tells for each row of the table which of the `count` it is; `broken` what is wrong with each of
    the others; `place` where a row is, for a message. `amount` is the share of RawRows.total.
    """

    table: pa.Table
    kept: pa.Table
    rows: np.ndarray
    count: int
    place: Callable[[int], str]
    amount: int
    broken: Mapping[int, str] = field(default_factory=dict)


class RawRows(Protocol):
    """A table that is read in chunks: its columns, and how much of what `unit` it is, None where that is not known."""

    names: list[str]
    unit: str
    total: int | None

    def types(self, columns: Sequence[str]) -> list[pa.DataType]:
        """Return the types that columns have when they are kept as they are."""

    def chunks(self, columns: Sequence[str], texts: Sequence[str], keep: Sequence[str]) -> Iterator[Chunk]:
        """Yield these columns, and those to `keep`; `texts` stay texts where the file holds texts alone.

        Raises DataError.
        """


class TextFile:
    """A text table, plain or gzipped."""

    unit = "B"

    def __init__(self, path: Path, reading: Mapping[str, Any]):
        self.text = TextRows(path, **reading)
        self.names, _ = check_names(path, self.text.names)
        plain_file = path.is_file() and path.suffix.lower() != ".gz"
        self.total: int | None = path.stat().st_size if plain_file else None

    def types(self, columns: Sequence[str]) -> list[pa.DataType]:
        return [pa.string()] * len(columns)

    def chunks(self, columns: Sequence[str], texts: Sequence[str], keep: Sequence[str]) -> Iterator[Chunk]:
        places = ([self.names.index(name) for name in names] for names in (columns, texts, keep))
        for piece in self.text.pieces(*places):
            table, kept = piece.table.rename_columns(list(columns)), piece.kept.rename_columns(list(keep))
            yield Chunk(table, kept, piece.rows, piece.count, piece.place, piece.bytes, piece.broken)


class BinaryFile:
    """A Parquet, Feather or Arrow file."""

    unit = "row"

    def __init__(self, path: Path, ending: str):
        self.path = path
        self.columnar: Any = None
        self.total: int | None = None
        if ending in PARQUET_ENDINGS:
            self.columnar = whole(path, "Parquet", b"PAR1", lambda: pq.ParquetFile(path, pre_buffer=False))
            self.schema, self.total = self.columnar.schema_arrow, int(self.columnar.metadata.num_rows)
        else:
            with path.open("rb") as file:
                if file.read(4) == OLD_FEATHER:
                    raise DataError(f"{path.name} is Feather V1, which cannot be read some rows at a time. Write it "
                                    f"again as Feather V2 or Parquet ({path}).")  # fmt: skip
            self.file = whole(path, "Feather", b"ARROW1", lambda: ipc.open_file(pa.memory_map(str(path))))
            self.schema = self.file.schema
        self.names, _ = check_names(path, self.schema.names)

    def types(self, columns: Sequence[str]) -> list[pa.DataType]:
        empty = self.schema.empty_table()
        return [plain(empty.column(self.names.index(name))).type for name in columns]

    def chunks(self, columns: Sequence[str], texts: Sequence[str], keep: Sequence[str]) -> Iterator[Chunk]:
        del texts
        read = list(dict.fromkeys([*columns, *keep]))
        places = [self.names.index(name) for name in read]
        start = 0
        for batch in self._batches([self.schema.names[place] for place in places]):
            table = pa.table([plain(pa.chunked_array([column])) for column in batch.columns], names=read)
            kept = table.select(list(keep))
            yield Chunk(table, kept, np.arange(len(table)), len(table), _row_after(start), len(table))
            start += len(table)

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        try:
            if self.columnar is not None:
                for batch in self.columnar.iter_batches(ROWS, columns=list(columns)):
                    yield batch.select(list(columns))
                return
            for number in range(self.file.num_record_batches):
                batch = self.file.get_batch(number).select(list(columns))
                for start in range(0, len(batch), ROWS):
                    yield batch.slice(start, ROWS)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{self.path.name} is broken: {error}. Write it again ({self.path}).") from None


def open_raw_rows(name: str, reading: Mapping[str, Any]) -> RawRows:
    """Return the rows of a file by its path, or of standard input for "-", which is a text table.

    `reading` says how a text table is written: delimiter, encoding, decimal and missing_values. Raises DataError.
    """
    if name == "-":
        return _text_file(STANDARD_INPUT, reading)
    path = Path(name).expanduser().absolute()
    try:
        ending = check_file(path, "input")
    except DataError as error:
        raise DataError([fault.replace("dataset.input", "input") for fault in error.faults]) from None
    return _text_file(path, reading) if ending in TEXT_ENDINGS else BinaryFile(path, ending)


def _text_file(path: Path, reading: Mapping[str, Any]) -> TextFile:
    """Return a text table; what is wrong with how it is written is said of it, and not of a key of a training."""
    try:
        return TextFile(path, reading)
    except DataError as error:
        faults = [fault.partition(" Set dataset.") for fault in error.faults]
        raise DataError([f"{said}{mend and ' Write it as the tables that the model was trained on.'}"
                         for said, mend, _ in faults]) from None  # fmt: skip


def _row_after(start: int) -> Callable[[int], str]:
    return lambda row: f"row {start + row + 1}"
