"""The rows that a model is evaluated on: what its network sees of them, what is true, and the raw table."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from trainyard.data.encode import Encoder
from trainyard.data.pixels import pixel_scale
from trainyard.data.prepared import Part, Prepared
from trainyard.data.rows import Rows, open_rows
from trainyard.data.source import Source
from trainyard.data.weights import read_weights
from trainyard.errors import DataError
from trainyard.evaluation.subject import Subject
from trainyard.evaluation.truth import read_truth, rows_with_truth
from trainyard.reports.text import plural

PIECE = 1 << 18  # rows that are encoded at once


@dataclass(frozen=True)
class Evaluated:
    """Rows to evaluate on, on the device; `numbers` (N,) int64 tells which of the source they are, counted from 0.

    `table` gives the raw columns of these rows, in their order. `notes` say what was left out.
    """

    rows: Rows
    numbers: np.ndarray
    table: Callable[[], pa.Table]
    origin: str
    notes: tuple[str, ...] = ()


def prepared_rows(subject: Subject, prepared: Prepared, part: str, source: Callable[[], Source]) -> Evaluated:
    """Return the rows of a part (train, val or test) of data that were prepared as those of the model's training."""
    rows: Part = getattr(prepared, part)
    opened = open_rows(
        rows, subject.device.torch, image_shape=prepared.image_shape, scale=pixel_scale(prepared.preprocessing),
        resident_bytes=subject.device.resident_bytes(),
    )  # fmt: skip
    return Evaluated(opened, rows.rows, lambda: source().table.take(pa.array(rows.rows)), prepared.origin)


def raw_rows(subject: Subject, source: Source, numbers: np.ndarray | None = None) -> Evaluated:
    """Return rows of a source, all that have a target by default, read and encoded as the model does with raw rows.

    Raises DataError with what is missing or does not fit.
    """
    model = subject.packaged
    known = rows_with_truth(source.table, model)
    if numbers is not None:
        known = np.intersect1d(numbers, known)
    left_out = (source.table.num_rows if numbers is None else len(numbers)) - len(known)
    notes = [f"{plural(left_out, 'row')} without a target left out"] if left_out else []
    table = source.table.take(pa.array(known))

    def where(row: int) -> str:
        return source.where(int(known[row]))

    y = read_truth(table, model, where)
    x, codes = encode(subject, source, known)
    weight, more = _weights(subject, table, where)
    part = Part(x=x, codes=codes, y=y, weight=weight, rows=known)
    shape = model.card["inputs"]["image_shape"]
    opened = open_rows(
        part, subject.device.torch, image_shape=None if shape is None else tuple(shape),
        resident_bytes=subject.device.resident_bytes(),
    )  # fmt: skip
    return Evaluated(opened, known, lambda: table, source.origin, (*notes, *more))


def encode(subject: Subject, source: Source, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return x (N, F) and codes (N, C) of rows of a source by the model's own encoder, some rows at a time."""
    encoder, pixels = subject.packaged.encoder, source.pixels
    parts = []
    for start in range(0, len(rows), PIECE):
        some = rows[start : start + PIECE]
        if isinstance(encoder, Encoder):
            if pixels is not None:
                raise DataError("The model takes a table, but these data are images.")
            parts.append(encoder.encode(source.table, rows=some, where=source.where))
        else:
            parts.append(encoder.encode(source.table.take(pa.array(some)) if pixels is None else pixels.read(some)))
    x, codes = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return x, codes


def _weights(subject: Subject, table: pa.Table, where: Callable[[int], str]) -> tuple[np.ndarray | None, list[str]]:
    name = subject.packaged.card["testing"]["weight"]
    if name is None or name not in table.column_names:
        note = f"rows count alike, as there is no column {name} with their weights"
        return None, [] if name is None else [note]
    weights = read_weights(table, name, where)
    return (None if weights is None else weights.astype(subject.packaged.encoder.dtype)), []
