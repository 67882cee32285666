"""What bytes a run came from: the md5 of files, as DVC has it, remembered while a file does not change."""

import hashlib
import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from trainyard.files import write_text

SMALL = 1 << 20  # bytes; hashing that much takes as long as looking it up
SETTLED = 2.0  # seconds; a younger file may change again within one tick of its time stamp


def file_md5(path: Path, memory: Path | None = None) -> str:
    """md5 of the bytes of a file, 32 hexadecimal digits, equal to the one in a .dvc file.

    `memory` is a folder in which digests of larger files are remembered by path, size, inode and times to the
    nanosecond. Raises OSError as opening the file does.
    """
    with path.open("rb") as file:
        stamp = stamp_of(os.fstat(file.fileno()))
        note = memory / f"{bytes_md5(os.fsencode(path.resolve()))}.json" if memory and stamp[0] > SMALL else None
        if note and (known := recall(note, stamp)):
            return known
        digest, lasting = hash_open(file, stamp)
    if note and lasting:
        remember(note, stamp, digest)
    return digest


def stamp_of(found: os.stat_result) -> list[int]:
    """Return what changes when a file does: size in bytes, times in ns, inode and device."""
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev]


def hash_open(file: Any, stamp: list[int]) -> tuple[str, bool]:
    """Return the md5 of an open file, and whether it may be remembered by the stamp that was taken before."""
    if stamp[0] <= SMALL:
        digest = bytes_md5(file.read())
    else:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    after = os.fstat(file.fileno())
    return digest, stamp_of(after) == stamp and time.time() - after.st_mtime > SETTLED


def parts_md5(parts: Iterable[tuple[str, str]]) -> str:
    """One digest of several files, each given as (part, its md5): md5 of the lines `<part> <md5>`."""
    return bytes_md5("".join(f"{part} {digest}\n" for part, digest in parts).encode())


def bytes_md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def recall(note: Path, stamp: list[int]) -> str | None:
    """The remembered digest of a file with this stamp."""
    try:
        known = json.loads(note.read_text())
        return str(known["md5"]) if known["stamp"] == stamp else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(note: Path, stamp: list[int], digest: str) -> None:
    """Write the note in one step; a folder that cannot be written costs the memory only."""
    with suppress(OSError):
        write_text(note, json.dumps({"stamp": stamp, "md5": digest}))
