"""A prepared dataset as files: one .npy per array and meta.json, which is written last and knows their sizes."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.config.schema.dataset_keys import Dataset
from trainyard.config.secrets import mask_text
from trainyard.data.origin import origin_of
from trainyard.data.prepared import Part, Prepared
from trainyard.data.summary import Summary
from trainyard.data.target_power import TargetPower
from trainyard.files import write_text

META = "meta.json"
PARTS = ("train", "val", "test")
ARRAYS = ("x", "codes", "y", "weight", "rows")
TEST_NAMES = "test_names.json"


class DamagedError(Exception):
    """An entry that is not whole; it is made again."""


def write(folder: Path, parts: dict[str, Part], meta: dict[str, Any]) -> None:
    """Write meta data, and the arrays that are not there yet, into a folder, to the disk. `meta`: the other fields of
    Prepared, as JSON."""
    arrays: dict[str, Any] = {}
    for name in PARTS:
        for field in ARRAYS:
            array = getattr(parts[name], field)
            if array is None:
                continue
            file = folder / f"{name}_{field}.npy"
            if not file.exists():
                with file.open("wb") as out:
                    np.save(out, np.ascontiguousarray(array), allow_pickle=False)
                    out.flush()
                    os.fsync(out.fileno())
            arrays[file.name] = {"bytes": file.stat().st_size, "shape": array.shape, "dtype": array.dtype.str}
    write_text(folder / META, json.dumps({**meta, "arrays": arrays}))


def write_test_names(folder: Path, names: Sequence[str]) -> None:
    """Keep what the rows of test are called, where they are files of their own; to be written before the rest."""
    write_text(folder / TEST_NAMES, json.dumps(list(names)))


def read_test_names(folder: Path) -> list[str]:
    """Return what the rows of test are called; nothing where they have no names."""
    try:
        names: list[str] = json.loads((folder / TEST_NAMES).read_bytes())
    except FileNotFoundError:
        return []
    return names


def load(folder: Path, key: str, dataset: Dataset) -> Prepared:
    """The entry in a folder, its arrays mapped read-only. Raises DamagedError when a file is missing or cut off."""
    try:
        meta = json.loads((folder / META).read_bytes())
        arrays = meta.pop("arrays")
        for name, known in arrays.items():
            if (folder / name).stat().st_size != known["bytes"]:
                raise DamagedError(f"{folder / name} has not its {known['bytes']} bytes")
        return Prepared(
            key=key, folder=folder, task=meta["task"], dataset_name=dataset.name, source=dataset.source,
            train=part(folder, "train", arrays), val=part(folder, "val", arrays),
            test=part(folder, "test", arrays), numeric=meta["numeric"],
            category_sizes=tuple(meta["category_sizes"]), image_shape=optional(meta["image_shape"]),
            classes=optional(meta["classes"]), class_counts=optional(meta["class_counts"]),
            targets=tuple(meta["targets"]), target_mean=tuple(meta["target_mean"]),
            target_scale=tuple(meta["target_scale"]), preprocessing=meta["preprocessing"], digest=meta["digest"],
            origin=mask_text(origin_of(dataset)), example=meta["example"],
            probe_x=meta["probe_x"], probe_codes=meta["probe_codes"],
            summary=Summary.from_dict(meta["summary"]),
            target_powers=tuple(TargetPower(**power) for power in meta["target_powers"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(f"{folder}: {error}") from error


def optional(values: list[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)


def part(folder: Path, name: str, arrays: dict[str, Any]) -> Part:
    fields: dict[str, Any] = {field: mapped(folder / f"{name}_{field}.npy", arrays) for field in ARRAYS}
    return Part(**fields)


def mapped(file: Path, arrays: dict[str, Any]) -> np.ndarray | None:
    """An array of an entry, None where it has none; an array without values is made rather than mapped."""
    known = arrays.get(file.name)
    if known is None:
        return None
    if 0 in known["shape"]:
        return np.empty(known["shape"], known["dtype"])
    array: np.ndarray = np.load(file, mmap_mode="r", allow_pickle=False)
    return array
