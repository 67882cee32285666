"""What makes two preparations equal: the bytes of the source, the choices made for it, and the code that prepares.

Imports no reader and no scikit-learn, since a warm cache is found by this alone.
"""

import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.config.schema.dataset import Csv, Dataset, Salmon
from trainyard.data.files import check_file, ending_of
from trainyard.data.request import values_of
from trainyard.errors import DataError
from trainyard.lineage.digest import bytes_md5, file_md5

SPELLINGS = ("name", "path", "val_path", "test_path")  # keys that do not change a row


def files_of(dataset: Csv) -> dict[str, tuple[str, Path]]:
    """The files of a dataset by part ("train", "val", "test"), each with the key that names it and its full path.

    One file alone is the part "train", whatever the split.
    """
    named = {"train": ("path", dataset.path)}
    if dataset.split in ("auto", "files"):
        named |= {"val": ("val_path", dataset.val_path or ""), "test": ("test_path", dataset.test_path or "")}
    return {part: (key, Path(text).expanduser().absolute()) for part, (key, text) in named.items() if text}


def read_paths(dataset: Dataset) -> dict[str, Path]:
    """The files and folders that the rows come from, by part; none for rows that code makes."""
    return {part: path for part, (_, path) in files_of(dataset).items()} if isinstance(dataset, Csv) else {}


def check_files(dataset: Dataset) -> None:
    """Raises DataError with a fault for each path that is not a readable kind of file."""
    faults: list[str] = []
    for key, path in files_of(dataset).values() if isinstance(dataset, Csv) else ():
        try:
            check_file(path, key)
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)


def cache_key(
    dataset: Dataset, *, task: str, double: bool, memory: Path | None = None, target_transform: str = "none"
) -> str:
    """The name of a preparation, 32 hexadecimal digits; equal wherever the files lie and whatever their names are."""
    if isinstance(dataset, Csv):
        rows: Any = [[part, file_md5(path, memory), ending_of(path)] for part, (_, path) in files_of(dataset).items()]
    elif isinstance(dataset, Salmon):
        rows = "simulated"
    else:
        rows = f"scikit-learn {version('scikit-learn')}"
    choices = {name: value for name, value in values_of(dataset).items() if name not in SPELLINGS}
    identity = {"rows": rows, "choices": choices, "task": task, "double": double, "code": code_version(),
                "target_transform": target_transform}  # fmt: skip
    return bytes_md5(json.dumps(identity, sort_keys=True).encode())


@cache
def code_version() -> str:
    """md5 over the code of this room and the versions of what it computes with."""
    digest = hashlib.md5(usedforsecurity=False)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    digest.update(f"numpy {np.__version__}, pyarrow {version('pyarrow')}".encode())
    return digest.hexdigest()
