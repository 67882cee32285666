"""Where the rows of a dataset come from: its files, or the code that makes them.

Imports no reader and no scikit-learn, since a warm cache is found by this.
"""

from importlib.metadata import version
from pathlib import Path

from trainyard.config.schema.dataset import Arrays, Csv, CustomDataset, Idx, ImageFolder, Salmon
from trainyard.config.schema.dataset_keys import BuiltIn, Dataset
from trainyard.config.trusted import HANDED_OVER
from trainyard.data.files import ARRAY_ENDINGS, check_file, check_folder
from trainyard.errors import DataError


def files_of(dataset: Dataset) -> dict[str, tuple[str, Path]]:
    """The files or folders that hold a dataset, each with the key that names it and its full path.

    They are told apart by part ("train", "val", "test"), arrays by what they hold ("x", "y", "weight"). One file or
    folder alone is "train", whatever the split. Empty for rows that are made by code.
    """
    named: dict[str, tuple[str, str | None]] = {}
    if isinstance(dataset, BuiltIn | Csv | Idx | ImageFolder):
        named = {"train": ("path", dataset.path)}
    if isinstance(dataset, Csv) and dataset.split in ("auto", "files"):
        named |= {"val": ("val_path", dataset.val_path), "test": ("test_path", dataset.test_path)}
    if isinstance(dataset, Arrays):
        weight = dataset.weight if dataset.weight and dataset.weight.lower().endswith(".npy") else None
        named = {"x": ("path", dataset.path), "y": ("y_path", dataset.y_path), "weight": ("weight", weight)}
    return {part: (key, Path(text).expanduser().absolute()) for part, (key, text) in named.items() if text}


def read_paths(dataset: Dataset) -> dict[str, Path]:
    """The files and folders that the rows come from, by part; none for rows that code makes."""
    return {part: path for part, (_, path) in files_of(dataset).items()}


def check_files(dataset: Dataset) -> None:
    """Raises DataError with a fault for each path that is not there or not of a kind that is read, and for rows that
    lie nowhere.
    """
    check_at_hand(dataset)
    faults: list[str] = []
    for key, path in files_of(dataset).values():
        try:
            if isinstance(dataset, Idx | ImageFolder):
                check_folder(path, key)
            elif isinstance(dataset, Arrays):
                check_file(path, key, ARRAY_ENDINGS)
            else:
                check_file(path, key)
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)


def handed_over(dataset: Dataset) -> bool:
    """Whether the rows were those that a program had at hand."""
    return isinstance(dataset, CustomDataset) and dataset._target_.startswith(HANDED_OVER)


def check_at_hand(dataset: Dataset) -> None:
    """Raises DataError for rows that a program had at hand, as nothing keeps them."""
    if handed_over(dataset):
        raise DataError("The rows were handed over in Python, and no run keeps them. Name others by dataset=... and "
                        "its keys; evaluate, export and explain take those of a file by input=... too.")  # fmt: skip


def origin_of(dataset: Dataset) -> str:
    """Where the rows come from, for a person: paths, or "scikit-learn 1.9.1: load_digits"."""
    files = files_of(dataset)
    if files:
        return ", ".join(str(path) for _, path in files.values())
    if isinstance(dataset, Salmon):
        return f"simulated: Atlantic salmon, {dataset.rows} fish, seed {dataset.simulation_seed}"
    if isinstance(dataset, CustomDataset):
        return "handed over in Python" if handed_over(dataset) else f"your own {dataset._target_}"
    return f"scikit-learn {version('scikit-learn')}: load_{dataset.source}"
