"""What makes two preparations equal: the bytes of the source, the choices made for it, and the code that prepares.

Imports no reader and no scikit-learn, since a warm cache is found by this alone.
"""

import hashlib
import json
import sys
from dataclasses import fields
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.config.root import project_root
from trainyard.config.schema.dataset import CustomDataset, Idx, ImageFolder
from trainyard.config.schema.dataset_keys import BuiltIn, Dataset
from trainyard.data.files import ending_of
from trainyard.data.origin import files_of
from trainyard.data.request import values_of
from trainyard.lineage.digest import bytes_md5, file_md5, recall, remember
from trainyard.lineage.folder import folder_md5

SPELLINGS = ("name", "path", "val_path", "test_path", "y_path", "augment")  # keys that do not change a prepared row


def rows_of(dataset: Dataset, memory: Path | None = None) -> Any:
    """What identifies the rows of a dataset, as JSON values; None for a built-in that was never made here.

    A file or folder by its bytes, a built-in by those of the file that would be exported, one's own function by the
    code of its module and its arguments.
    """
    if isinstance(dataset, CustomDataset):
        return [module_md5(dataset._target_), dataset._target_, dict(dataset.arguments), dataset.version]
    if isinstance(dataset, BuiltIn):
        files = files_of(dataset)
        if files:
            return file_md5(files["train"][1], memory)
        return recall(digest_note(dataset, memory), []) if memory else None
    if isinstance(dataset, Idx | ImageFolder):
        return folder_md5(files_of(dataset)["train"][1], memory)
    return [[part, file_md5(path, memory), ending_of(path)] for part, (_, path) in files_of(dataset).items()]


def remember_rows(dataset: BuiltIn, digest: str, memory: Path) -> None:
    """Keep the digest of a built-in, so that it need not be made again to be found in the cache."""
    remember(digest_note(dataset, memory), [], digest)


def digest_note(dataset: BuiltIn, memory: Path) -> Path:
    """The file in which the digest of a built-in is remembered: by its numbers and the code that makes it."""
    return memory / f"{first_key(dataset)}.json"


def first_key(dataset: Dataset) -> str:
    """What identifies a built-in before its rows are known."""
    made = {**raw_choices(dataset), "scikit-learn": version("scikit-learn"), "code": code_version()}
    return bytes_md5(json.dumps(made, sort_keys=True, default=str).encode())


def raw_choices(dataset: Dataset) -> dict[str, Any]:
    """What says which rows a dataset has: its source, and the keys by which they are made, as JSON values."""
    made = ("_target_", "arguments", "version") if isinstance(dataset, CustomDataset) else ()
    known = {*choices_of(dataset), *SPELLINGS} - {*made}
    return {"source": dataset.source} | {key: value for key, value in values_of(dataset).items() if key not in known}


def row_choices(dataset: Dataset) -> dict[str, Any]:
    """What says what becomes of the rows, as JSON values."""
    return {name: values_of(dataset)[name] for name in choices_of(dataset)}


def cache_key(dataset: Dataset, rows: Any, *, task: str, double: bool, target_transform: str = "none") -> str:
    """The name of a preparation, 32 hexadecimal digits; equal wherever the files lie and whatever their names are.

    `rows` is what `rows_of` gives.
    """
    identity = {
        "rows": rows, "choices": row_choices(dataset), "task": task,
        "double": double, "target_transform": target_transform, "code": code_version(),
    }  # fmt: skip
    if isinstance(dataset, ImageFolder):
        identity["pillow"] = version("pillow")
    return bytes_md5(json.dumps(identity, sort_keys=True, default=str).encode())


def choices_of(dataset: Dataset) -> list[str]:
    """The keys that say what becomes of the rows; how a built-in is made shows in its bytes."""
    known = fields(BuiltIn if isinstance(dataset, BuiltIn) else dataset)
    return [field.name for field in known if field.name not in SPELLINGS]


def module_md5(target: str) -> str | None:
    """md5 of the file of the module that `target`, package.module.name, lies in; found without importing anything."""
    package, *inner, _ = target.split(".")
    spec = PathFinder.find_spec(package, [*sys.path, str(project_root())])
    places = [Path(spec.origin)] if spec is not None and spec.origin else []
    if spec is not None and spec.submodule_search_locations and inner:
        below = [Path(folder).joinpath(*inner) for folder in spec.submodule_search_locations]
        places = [path for folder in below for path in (folder.with_suffix(".py"), folder / "__init__.py")]
    return next((file_md5(path) for path in places if path.is_file()), None)


@cache
def code_version() -> str:
    """md5 over the code of this room and the versions of what it computes with."""
    digest = hashlib.md5(usedforsecurity=False)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    digest.update(f"numpy {np.__version__}, pyarrow {version('pyarrow')}".encode())
    return digest.hexdigest()
