"""Parquet and Feather files."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import feather, ipc

from trainyard.data.text_kinds import together
from trainyard.errors import DataError


def read_parquet(path: Path) -> pa.Table:
    """The columns of one Parquet file; an index that pandas saved without a name is left out, as pandas does."""
    table = whole(path, "Parquet", b"PAR1", lambda: read_columns(pq.ParquetFile(path)))
    indices = [name for name in table.column_names if name.startswith("__index_level_")]
    return table.drop_columns(indices)


def read_columns(file: pq.ParquetFile) -> pa.Table:
    """The columns of a Parquet file one after another, each of one chunk, so that little is in memory twice."""
    names = file.schema_arrow.names
    if len(set(names)) < len(names):
        return file.read()
    columns = [together([file.read(columns=[name])[name]]) for name in names]
    return pa.table(columns, names=names)


def read_feather(path: Path) -> pa.Table:
    """The columns of a Feather file or of an Arrow file or stream."""
    with path.open("rb") as file:
        start = file.read(6)
    if start[:4] == b"FEA1":
        return whole(path, "Feather", b"FEA1", lambda: feather.read_table(path, memory_map=False))
    if start == b"ARROW1" or not start.startswith(b"\xff\xff\xff\xff"):
        return whole(path, "Feather", b"ARROW1", lambda: ipc.open_file(pa.OSFile(str(path))).read_all())
    return whole(path, "Arrow stream", b"", lambda: ipc.open_stream(pa.OSFile(str(path))).read_all())


def whole(path: Path, kind: str, mark: bytes, read: Callable[[], pa.Table]) -> pa.Table:
    """What `read` gives, or a DataError when the file lacks the mark at its start or end or is broken within."""
    with path.open("rb") as file:
        start = file.read(len(mark))
        file.seek(-min(len(mark), path.stat().st_size), 2)
        end = file.read(len(mark))
    if start != mark:
        raise DataError(f"{path.name} is not a {kind} file: it does not begin with {mark.decode()} ({path}).")
    if end != mark:
        raise DataError(f"{path.name} is cut off: it does not end with {mark.decode()}, as a whole {kind} file does. "
                        f"Copy it again ({path}).")  # fmt: skip
    try:
        return read()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise DataError(f"{path.name} is a broken {kind} file: {reason}. Write it again ({path}).") from None
