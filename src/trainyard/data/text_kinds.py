"""The kind of a text column over all pieces of its file: the first that every field fits, as Arrow infers it."""

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa

NULL, WHOLE, FLAG, FRACTION, TEXT = pa.null(), pa.int64(), pa.bool_(), pa.float64(), pa.string()
DATE, TIME, SECONDS, FINE = pa.date32(), pa.time32("s"), pa.timestamp("s"), pa.timestamp("ns")
KINDS: tuple[pa.DataType, ...] = (NULL, WHOLE, FLAG, DATE, TIME, SECONDS, FINE, FRACTION, TEXT)
# what a value of one kind is as another, whatever digits it was written with
EXACT = {(WHOLE, FRACTION), (DATE, SECONDS), (DATE, FINE), (SECONDS, FINE)}

Reread = Callable[[Mapping[int, pa.DataType]], list[list[pa.ChunkedArray]] | None]  # columns, by piece


def unify(pieces: list[list[pa.ChunkedArray]], reread: Reread) -> list[pa.ChunkedArray]:
    """The columns of all pieces under one another, each of one chunk where it can be.

    `pieces` holds the columns of each piece, and gives them up. `reread` reads columns, by their place, as other kinds
    than they were taken for; None where a field does not fit.
    """
    columns = []
    for place in range(len(pieces[0])):
        chunks = [piece[place] for piece in pieces]
        kinds = {chunk.type for chunk in chunks} - {NULL}
        if len(kinds) > 1:
            chunks = of_one_kind(place, chunks, reread)
        elif kinds:
            chunks = [chunk.cast(next(iter(kinds))) for chunk in chunks]
        for piece in pieces:
            piece[place] = pa.chunked_array([], NULL)
        columns.append(together(chunks))
    return columns


def of_one_kind(place: int, chunks: Sequence[pa.ChunkedArray], reread: Reread) -> list[pa.ChunkedArray]:
    """The chunks of a column in the first kind that all of them fit."""
    first = max(KINDS.index(chunk.type) for chunk in chunks)
    for kind in KINDS[first:]:
        if all(chunk.type in (kind, NULL) or (chunk.type, kind) in EXACT for chunk in chunks):
            try:
                return [chunk.cast(kind) for chunk in chunks]
            except pa.ArrowInvalid:  # a whole number that is no exact fraction
                pass
        read = reread({place: kind})
        if read is not None:
            return [piece[0] for piece in read]
    raise AssertionError("every field is a text")


def together(chunks: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Chunks as one, unless that is more than an array of texts can hold."""
    whole = pa.chunked_array([chunk for column in chunks for chunk in column.chunks], type=chunks[0].type)
    try:
        return pa.chunked_array([whole.combine_chunks()], type=whole.type)
    except pa.ArrowInvalid:
        return whole
