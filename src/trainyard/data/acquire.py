"""The raw rows of a dataset as a file or folder of their own, where a pipeline finds them."""

import os
import shutil
from pathlib import Path
from typing import cast

import numpy as np

from trainyard.config.schema.dataset import CustomDataset
from trainyard.config.schema.dataset_keys import BuiltIn, Dataset
from trainyard.data.custom import arrays_of, call, table_of
from trainyard.data.export import csv_pieces
from trainyard.data.files import ARRAY_ENDINGS, ENDINGS, ending_of, listed
from trainyard.data.origin import check_files, files_of
from trainyard.data.sources import made_anew
from trainyard.errors import DataError
from trainyard.files import replacing


def acquire(dataset: Dataset, output: Path, trusted: tuple[str, ...] = ()) -> None:
    """Write the raw rows of a dataset to `output`, in place of what stood there.

    A built-in becomes the CSV file that its key `path` reads; a file or folder of the user's is copied, several files
    into a folder; what a function of the user's returns becomes CSV, or .npz for arrays. Raises DataError.
    """
    check_files(dataset)
    files = [path for _, path in files_of(dataset).values()]
    if isinstance(dataset, CustomDataset):
        write_made(dataset, output, trusted)
    elif not files:
        check_ending(output, ".csv", dataset)
        with replacing(output) as partial, partial.open("wb") as file:
            file.writelines(csv_pieces(made_anew(cast(BuiltIn, dataset))))
    elif len(files) == 1 and files[0].is_file():
        check_ending(output, ending_of(files[0], (*ENDINGS, *ARRAY_ENDINGS)), dataset)
        with replacing(output) as partial:
            shutil.copyfile(files[0], partial)
    else:
        copy_folder(files, output)


def write_made(dataset: CustomDataset, output: Path, trusted: tuple[str, ...]) -> None:
    """Write what a function of the user's returns."""
    made = call(dataset, trusted)
    rows = arrays_of(made)
    check_ending(output, ".csv" if rows is None else ".npz", dataset)
    with replacing(output) as partial, partial.open("wb") as file:
        if rows is None:
            file.writelines(csv_pieces(table_of(made, dataset._target_)))
        else:
            np.savez(file, **{name: array for name, array in vars(rows).items() if array is not None})


def copy_folder(sources: list[Path], output: Path) -> None:
    """Copy a folder, or several files into one, whole or not at all."""
    names = [path.name for path in sources]
    if len(set(names)) < len(names):
        paths = listed([str(path) for path in sources])
        raise DataError(f"{paths} have equal names. Rename one, so that both fit into a folder.")
    partial = output.with_name(f".{output.name}.{os.getpid()}.partial")
    try:
        if len(sources) == 1:
            shutil.copytree(sources[0], partial)
        else:
            partial.mkdir(parents=True)
            for path in sources:
                shutil.copyfile(path, partial / path.name)
        shutil.rmtree(output, ignore_errors=True)
        partial.rename(output)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def check_ending(output: Path, ending: str, dataset: Dataset) -> None:
    """Raise DataError for a name that would not be read for what it holds."""
    if not output.name.lower().endswith(ending.lower()):
        raise DataError(f"{output} is to hold {ending} ({dataset.name}). Name it {output.with_suffix(ending).name}.")
