"""From the config of a dataset to its raw rows."""

from pathlib import Path

import numpy as np

from trainyard.config.schema.dataset import Csv, Dataset, Salmon
from trainyard.data.builtin import load_builtin
from trainyard.data.identity import files_of
from trainyard.data.join import joined
from trainyard.data.read import Reading, read
from trainyard.data.salmon import load_salmon
from trainyard.data.source import Source, SourceFile
from trainyard.errors import DataError
from trainyard.lineage.digest import file_md5, parts_md5


def load_source(dataset: Dataset, memory: Path | None = None) -> Source:
    """The raw rows of a dataset. `memory` is the folder of remembered file digests.

    Raises DataError with all faults of its files.
    """
    if isinstance(dataset, Csv):
        return load_files(dataset, memory)
    if isinstance(dataset, Salmon):
        return load_salmon(dataset)
    return load_builtin(dataset.source)


def load_files(dataset: Csv, memory: Path | None) -> Source:
    """One table, or the tables of train, val and test put under one another."""
    files = files_of(dataset)
    readings: dict[str, Reading] = {}
    faults: list[str] = []
    for part, (key, path) in files.items():
        try:
            readings[part] = read(path, delimiter=dataset.delimiter, encoding=dataset.encoding, key=key,
                                  decimal=dataset.decimal, missing_values=dataset.missing_values)  # fmt: skip
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    digests = {part: file_md5(path, memory) for part, (_, path) in files.items()}
    sources = tuple(SourceFile(files[part][1], reading.table.num_rows, reading.find_lines)
                    for part, reading in readings.items())  # fmt: skip
    notes = tuple(note for reading in readings.values() for note in reading.notes)
    origin = ", ".join(str(path) for _, path in files.values())
    if len(files) == 1:
        table, parts, digest = readings["train"].table, None, digests["train"]
    else:
        roles = (dataset.group, dataset.time, dataset.weight, dataset.split_column)
        table, more = joined(
            {part: reading.table for part, reading in readings.items()}, dict(zip(readings, sources, strict=True)),
            ignored=[*dataset.ignore, *(name for name, one in dataset.columns.items() if one.kind == "ignore")],
            needed=[*dataset.target, *(name for name in roles if name is not None)],
        )  # fmt: skip
        notes += more
        parts = np.repeat(list(readings), [source.rows for source in sources])
        digest = parts_md5(digests.items())
    return Source(table=table, digest=digest, origin=origin, parts=parts, files=sources, notes=notes)
