"""From the config of a dataset to its raw rows."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa

from trainyard.config.schema.dataset import Arrays, Csv, CustomDataset, Digits, Idx, ImageFolder, Salmon
from trainyard.config.schema.dataset_keys import BuiltIn, Dataset
from trainyard.data.arrays import load_arrays
from trainyard.data.builtin import SCHEMAS, load_builtin
from trainyard.data.custom import load_custom
from trainyard.data.export import export_csv, read_exported
from trainyard.data.idx_folder import load_idx
from trainyard.data.image_folder import load_image_folder
from trainyard.data.join import joined
from trainyard.data.origin import files_of, origin_of
from trainyard.data.pixel_table import with_pixels
from trainyard.data.read import Reading, read
from trainyard.data.salmon import SCHEMA, simulate_salmon
from trainyard.data.source import Source, SourceFile
from trainyard.errors import DataError
from trainyard.lineage.digest import bytes_md5, file_md5, parts_md5


def load_source(dataset: Dataset, memory: Path | None = None, trusted: tuple[str, ...] = ()) -> Source:
    """The raw rows of a dataset. `memory` is the folder of remembered file digests; `trusted` names the packages whose
    functions it may name.

    Raises DataError with all faults of its files.
    """
    if isinstance(dataset, Csv):
        return load_files(dataset, memory)
    if isinstance(dataset, Idx):
        return load_idx(dataset, memory)
    if isinstance(dataset, ImageFolder):
        return load_image_folder(dataset, memory)
    if isinstance(dataset, Arrays):
        return load_arrays(dataset, memory)
    if isinstance(dataset, CustomDataset):
        return load_custom(dataset, trusted)
    return load_own(cast(BuiltIn, dataset), memory)


def load_own(dataset: BuiltIn, memory: Path | None) -> Source:
    """A dataset that comes with Trainyard: made anew, or read from the file that it was exported to."""
    schema = SCHEMA if isinstance(dataset, Salmon) else SCHEMAS[dataset.source]
    files = files_of(dataset)
    if files:
        path = files["train"][1]
        table, file = read_exported(path, schema)
        source = Source(table=table, digest=file_md5(path, memory), origin=origin_of(dataset), files=(file,))
    else:
        source = Source(table=made_anew(dataset), digest="", origin=origin_of(dataset))
        source = replace(source, digest=bytes_md5(export_csv(source)))
    return with_pixels(source, (1, 8, 8)) if isinstance(dataset, Digits) else source


def made_anew(dataset: BuiltIn) -> pa.Table:
    """The table of a dataset that comes with Trainyard, by the code that makes it."""
    return simulate_salmon(dataset) if isinstance(dataset, Salmon) else load_builtin(dataset.source)


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
