"""Tables and datasets for the tests of this room."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from trainyard.config.schema.dataset import Csv
from trainyard.data.source import Source, SourceFile


def source_of(columns: dict[str, Any] | pa.Table, **fields: Any) -> Source:
    """A source of the file table.csv, whose rows are counted from 1 in messages."""
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    files = (SourceFile(Path("table.csv"), table.num_rows),)
    return Source(table=table, digest="0" * 32, origin="table.csv", files=files, **fields)


def csv(target: str | tuple[str, ...] = "y", **options: Any) -> Csv:
    names = (target,) if isinstance(target, str) else target
    return Csv(name="table", path="table.csv", target=names, **options)


def column(*values: Any, type: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, type)])
