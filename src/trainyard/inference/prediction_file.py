"""Where predictions are written: CSV or Parquet, whole or not at all, or CSV to standard output."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as pacsv

from trainyard.data.files import PARQUET_ENDINGS
from trainyard.files import replacing

ENDINGS = (".csv", *PARQUET_ENDINGS)
NEEDED = pacsv.WriteOptions(quoting_style="needed")


@contextmanager
def prediction_file(name: str, schema: pa.Schema) -> Iterator[pacsv.CSVWriter | pq.ParquetWriter]:
    """Give what writes tables of a schema to a path ending in one of ENDINGS, or as CSV to standard output for "-".

    After an exception, what stood at the path is as it was.
    """
    with ExitStack() as stack:
        if name == "-":
            yield stack.enter_context(pacsv.CSVWriter(sys.stdout.buffer, schema, write_options=NEEDED))
            return
        partial = stack.enter_context(replacing(Path(name).expanduser().resolve()))
        if name.lower().endswith(PARQUET_ENDINGS):
            yield stack.enter_context(pq.ParquetWriter(partial, schema))
        else:
            yield stack.enter_context(pacsv.CSVWriter(str(partial), schema, write_options=NEEDED))
