"""Files that are whole or not there, and JSON that every reader takes."""

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; it takes the place of `path` once it is on the disk.

    After an exception, or a crash at any moment, what stood at `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text to `path`, whole or not at all."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes to `path`, whole or not at all."""
    with replacing(path) as partial:
        partial.write_bytes(content)


def json_text(values: Any) -> str:
    """Return nested plain values as indented JSON; numbers that JSON does not know (NaN, infinity) become null."""
    return json.dumps(json_values(values), indent=2, allow_nan=False) + "\n"


def json_values(value: Any) -> Any:
    """Return nested plain values with None in the places of NaN and infinity."""
    if isinstance(value, Mapping):
        return {name: json_values(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [json_values(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def numbers(values: Mapping[str, Any]) -> dict[str, float]:
    """Return metrics that were read from JSON, with NaN where it has null."""
    return {name: math.nan if value is None else value for name, value in values.items()}


def remove_if_empty(folder: Path, above: int = 0) -> None:
    """Remove a folder that nothing lies in, and as many folders `above` it that are empty then."""
    for empty in (folder, *folder.parents[:above]):
        try:
            empty.rmdir()
        except OSError:
            return


def cannot_write(folder: Path) -> str | None:
    """Return why no file can be written in a folder, which may not be there yet; None where one can.

    It is tried, as permissions do not tell of every system; nothing is left of that.
    """
    absent: list[Path] = []
    try:
        absent += [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return None
    except FileExistsError:
        return "Not a directory"
    except OSError as error:
        return error.strerror or str(error)
    finally:
        if absent:
            remove_if_empty(absent[0], above=len(absent) - 1)


def sync_folder(folder: Path) -> None:
    """Have the folder's entries on the disk, so that a rename in it outlives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
