"""Predictions for raw rows that come in chunks; rows that cannot be read are refused, left out or left empty."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.encode import Encoder
from trainyard.errors import DataError
from trainyard.inference.model import Model
from trainyard.inference.raw_rows import Chunk, RawRows

COMMA = r"^(\s*[+-]?\d*),(\d.*)$"
TOLD = 5  # rows that cannot be read which are told one by one


@dataclass
class Tally:
    """How many rows came, how many of them could not be read, and what is wrong with the first of those."""

    rows: int = 0
    bad: int = 0
    first: list[str] = field(default_factory=list)


class RowPredictor:
    """Predicts from chunks; `schema` is that of what comes out: the columns that are kept, then the predictions."""

    def __init__(self, model: Model, source: RawRows, keep: Sequence[str], bad_rows: str):
        self.model, self.source, self.keep, self.bad_rows = model, source, keep, bad_rows
        self.tally = Tally()
        self._check_columns()
        nothing = model.named(np.empty((0, model.card["outputs"])))
        predicted = [(name, _array(values).type) for name, values in nothing.items()]
        self.schema = pa.schema([*zip(keep, source.types(keep), strict=True), *predicted])
        twice = sorted({name for name in self.schema.names if self.schema.names.count(name) > 1})
        if twice:
            raise DataError(f"What is predicted is called {twice[0]}, too, as a column that is to be kept. Leave it "
                            "out, or rename it.")  # fmt: skip

    def __call__(self, done: Callable[[int], object] = lambda _amount: None) -> Iterator[pa.Table]:
        """Yield what is predicted, chunk by chunk in the order of the rows; `done` is told the amount of each.

        Raises DataError for what is no table, and for a row that cannot be read where bad_rows is error.
        """
        encoder = self.model.encoder
        needed = [name for name in self.model.columns if name in self.source.names]
        if isinstance(encoder, Encoder):
            texts = [column.name for column in encoder.columns if (column.kind, column.type) == ("category", "string")]
        else:
            needed, texts = list(self.source.names), []
        for chunk in self.source.chunks(needed, texts, self.keep):
            yield self._predict(chunk)
            done(chunk.amount)

    def _check_columns(self) -> None:
        names = self.source.names
        self.model.encoder.encode(pa.table({name: pa.nulls(0) for name in names}))
        missing = [name for name in self.keep if name not in names]
        if missing:
            raise DataError([f"There is no column {name} to keep." for name in missing])

    def _predict(self, chunk: Chunk) -> pa.Table:
        self.tally.rows += chunk.count
        table, encoder, wrong = self._with_points(chunk.table), self.model.encoder, dict(chunk.broken)
        kept = np.arange(table.num_rows)
        try:
            encoded = encoder.encode(table)
        except DataError:
            bad = encoder.wrong_rows(table)
            wrong |= {int(chunk.rows[row]): " ".join(faults) for row, faults in bad.items()}
            kept = np.setdiff1d(kept, np.fromiter(bad, np.int64))
            encoded = self._encoded(table.take(pa.array(kept)))
        self._tell(chunk, wrong)
        outputs = self.model.forward(*encoded)
        columns = [chunk.kept[name].take(pa.array(kept)) for name in self.keep]
        predicted = [pa.chunked_array([_array(values)]) for values in self.model.named(outputs).values()]
        if self.bad_rows == "empty" and wrong:
            columns = [chunk.kept[name].take(_places(chunk.rows, chunk.count)) for name in self.keep]
            places = _places(chunk.rows[kept], chunk.count)
            predicted = [values.take(places) for values in predicted]
        return pa.table([*columns, *predicted], names=self.schema.names).cast(self.schema)

    def _encoded(self, table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
        """Rows each of which can be read, as the network sees them; images of several shapes one by one."""
        try:
            return self.model.encoder.encode(table)
        except DataError:
            rows = [self.model.encoder.encode(table.slice(row, 1)) for row in range(table.num_rows)]
            return np.concatenate([x for x, _ in rows]), np.concatenate([codes for _, codes in rows])

    def _with_points(self, table: pa.Table) -> pa.Table:
        """Numbers that a wrong value among them left as texts, with the point for the comma of the training data."""
        encoder = self.model.encoder
        if self.model.card["reading"]["decimal"] != "," or not isinstance(encoder, Encoder):
            return table
        for name in (column.name for column in encoder.columns if column.kind == "numeric"):
            if pa.types.is_string(table[name].type):
                pointed = pc.replace_substring_regex(table[name], COMMA, r"\1.\2")
                table = table.set_column(table.column_names.index(name), name, pointed)
        return table

    def _tell(self, chunk: Chunk, wrong: dict[int, str]) -> None:
        if wrong and self.bad_rows == "error":
            row = min(wrong)
            raise DataError(f"The row in {chunk.place(row)} cannot be read: {wrong[row]} bad_rows=skip leaves such "
                            "rows out, bad_rows=empty keeps them without a prediction.")  # fmt: skip
        for row in sorted(wrong)[: TOLD - len(self.tally.first)]:
            self.tally.first.append(f"{chunk.place(row)}: {wrong[row]}")
        self.tally.bad += len(wrong)


def _array(values: np.ndarray) -> pa.Array:
    """Labels or numbers as Arrow has them; labels of several types as texts."""
    if values.dtype == object:
        return pa.array([str(value) for value in values], pa.string())
    return pa.array(values)


def _places(rows: np.ndarray, count: int) -> pa.Array:
    """Return for each of `count` rows which of `rows` it is, null where none."""
    return pc.index_in(pa.array(np.arange(count)), pa.array(rows))
