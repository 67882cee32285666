"""NumPy arrays of one's own: numbers (N, F) as a table, images as they are."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from trainyard.config.schema.dataset import Arrays
from trainyard.data.array_rows import ArrayRows, source_of_arrays
from trainyard.data.files import listed
from trainyard.data.origin import files_of, origin_of
from trainyard.data.source import Source
from trainyard.errors import DataError
from trainyard.lineage.digest import file_md5, parts_md5

PARTS = ("train", "val", "test")


def load_arrays(dataset: Arrays, memory: Path | None) -> Source:
    """The rows of an .npz with x and y, or with x_train, y_train, x_test, ..., or of an .npy each, which are mapped.

    Raises DataError with what is wrong with the arrays.
    """
    files = files_of(dataset)
    path = files["x"][1]
    if path.suffix.lower() == ".npz":
        parts, notes = read_npz(path, dataset.weight, with_parts=dataset.split in ("auto", "files"))
    else:
        if dataset.weight and "weight" not in files:
            raise DataError(f"dataset.weight={dataset.weight} names no .npy; give the file with the weights.")
        loaded = {what: read_npy(file) for what, (_, file) in files.items()}
        parts, notes = {"train": ArrayRows(loaded["x"], loaded["y"], loaded.get("weight"))}, []
    digests = {what: file_md5(file, memory) for what, (_, file) in files.items()}
    digest = digests["x"] if len(digests) == 1 else parts_md5(digests.items())
    return source_of_arrays(parts, dataset, names={"x": path.name, "y": files.get("y", files["x"])[1].name},
                            digest=digest, origin=origin_of(dataset), notes=notes)  # fmt: skip


def read_npy(path: Path) -> np.ndarray:
    """The array in an .npy, mapped, read-only. Raises DataError."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} {reason(error, path)} ({path}).") from None
    if not isinstance(array, np.ndarray):
        array.close()
        raise DataError(f"{path.name} is an .npz by its content. Name it so ({path}).")
    return array


def read_npz(path: Path, weight: str | None, with_parts: bool) -> tuple[dict[str, ArrayRows], list[str]]:
    """The rows of each part, "train" alone where the file has x and y or unless `with_parts`; and notes.

    Raises DataError for arrays that are not there or cannot be read.
    """
    try:
        with path.open("rb") as handle:
            file = np.load(handle, allow_pickle=False)
            if isinstance(file, np.ndarray):
                raise DataError(f"{path.name} is an .npy by its content. Name it so ({path}).")
            wanted = wanted_names(path, file.files, weight, with_parts)
            arrays = {name: file[name] for name in sorted({name for names in wanted.values() for name in names})}
            left = [name for name in file.files if name not in arrays]
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path.name} {reason(error, path)} ({path}).") from None
    notes = [f"{path.name} also holds {listed(left)}, which is not used."] if left else []
    parts = {part: ArrayRows(*(arrays[name] for name in names)) for part, names in wanted.items()}
    return parts, notes


def wanted_names(path: Path, names: list[str], weight: str | None, with_parts: bool) -> Mapping[str, list[str]]:
    """The names of x, y and weights of each part. Raises DataError for those that are not there."""
    plain = [name for name in ("x", "y", weight) if name]
    if "x" in names:
        missing = [name for name in plain if name not in names]
        if not missing:
            return {"train": plain}
    else:
        given = [part for part in PARTS if f"x_{part}" in names]
        missing = [f"{name}_{part}" for part in given for name in plain if f"{name}_{part}" not in names]
        if "train" in given and not missing:
            kept = given if with_parts and "test" in given else ["train"]
            return {part: [f"{name}_{part}" for name in plain] for part in kept}
    lacking = missing[0] if missing else "x, nor x_train"
    raise DataError(f"{path.name} has no {lacking}; it holds {listed(names)}. Save it with "
                    f"np.savez(path, {', '.join(f'{name}={name}' for name in plain)}).")  # fmt: skip


def reason(error: Exception, path: Path) -> str:
    """Why an array cannot be read, and what to do."""
    if "allow_pickle" in str(error) or "Object arrays" in str(error):
        return "holds Python objects, which are not read, as they can run code. Save it as numbers or texts"
    if path.stat().st_size == 0:
        return "is empty: 0 bytes"
    if isinstance(error, zipfile.BadZipFile | EOFError) or "reshape" in str(error) or "mmap length" in str(error):
        return "is cut off or damaged. Copy it again"
    return f"cannot be read: {error}"
