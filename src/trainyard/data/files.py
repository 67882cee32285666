"""The files that rows can be read from: their endings, and one sentence for a path that is not one of them."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from trainyard.errors import DataError

TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
PARQUET_ENDINGS = (".parquet", ".pq")
FEATHER_ENDINGS = (".feather", ".arrow")
ENDINGS = TEXT_ENDINGS + PARQUET_ENDINGS + FEATHER_ENDINGS
ARRAY_ENDINGS = (".npz", ".npy")


def check_file(path: Path, key: str, endings: Sequence[str] = ENDINGS) -> str:
    """The ending of a file that exists, is a file, is of a supported kind and is not empty."""
    check_local(path, key)
    if path.is_dir():
        inside = sorted(entry.name for entry in path.iterdir() if ending_of(entry, endings) and entry.is_file())
        holds = f"It holds {listed(inside[:5])}." if inside else "It holds no such file."
        raise DataError(f"{path} is a folder, but dataset.{key} names one file. {holds}")
    if not path.exists():
        raise DataError(missing_file(path, key))
    ending = ending_of(path, endings)
    if not ending:
        raise DataError(f"{path.name} ends in {path.suffix or 'nothing'}, which is not read; endings that work: "
                        f"{', '.join(endings)}. Save it as one of them and set dataset.{key}.")  # fmt: skip
    if path.stat().st_size == 0:
        raise DataError(f"{path} is empty: 0 bytes.")
    return ending


def check_folder(path: Path, key: str) -> None:
    """Raise DataError unless there is a folder of this path."""
    check_local(path, key)
    if path.is_file():
        raise DataError(f"{path} is a file, but dataset.{key} names a folder. Did you mean {path.parent}?")
    if not path.exists():
        raise DataError(missing_file(path, key, "folder"))


def check_local(path: Path, key: str) -> None:
    """Raise DataError for an address."""
    address = re.search(r"(?:^|/)([a-z][a-z0-9+]+:/.*)", str(path))
    if address:
        raise DataError(f"dataset.{key}={address[1]} is an address, but only files are read. Download it first.")


def ending_of(path: Path, endings: Sequence[str] = ENDINGS) -> str:
    """The supported ending of a path in lower case, "" when there is none."""
    name = path.name.lower()
    return max((ending for ending in endings if name.endswith(ending)), key=len, default="")


def missing_file(path: Path, key: str, wanted: str = "file") -> str:
    """The fault for a path that does not exist: its first missing part, and the nearest name that does exist."""
    absent = path.absolute()
    while not absent.parent.exists():
        absent = absent.parent
    if not absent.parent.is_dir():
        return f"There is no {path}: {absent.parent} is a file, not a folder (dataset.{key})."
    pointer = absent.with_name(f"{absent.name}.dvc")
    if pointer.exists():
        return (f"There is no {wanted} {absent.name} in {absent.parent} (dataset.{key}={path}), but DVC has it: "
                f"dvc pull {pointer}")  # fmt: skip
    names = [entry.name for entry in absent.parent.iterdir()]
    lower = {name.lower(): name for name in names}
    near = get_close_matches(absent.name.lower(), lower, n=1)
    kind = wanted if absent == path.absolute() else "folder"
    did_you_mean = f"; did you mean {lower[near[0]]}?" if near else "."
    return f"There is no {kind} {absent.name} in {absent.parent} (dataset.{key}={path}){did_you_mean}"


def listed(words: Sequence[Any]) -> str:
    """Words as a person lists them: a, b and c."""
    words = [str(word) for word in words]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
