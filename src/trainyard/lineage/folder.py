"""The digest of a folder, as DVC has it: md5 of the list of its files and their md5, with `.dir` at the end."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from trainyard.files import write_text
from trainyard.lineage.digest import SMALL, bytes_md5, file_md5, hash_open, stamp_of
from trainyard.lineage.ignored import Ignored

BATCH = 64  # small files that one thread takes at once
MOST_THREADS = 8
Remembered = dict[str, list[int | str]]  # path in the folder -> its stamp, and its md5 at the end


def path_md5(path: Path, memory: Path | None = None) -> str:
    """md5 of a file, or of a folder with `.dir` at its end; see file_md5 and folder_md5."""
    return folder_md5(path, memory) if path.is_dir() else file_md5(path, memory)


def folder_md5(folder: Path, memory: Path | None = None) -> str:
    """md5 of a folder, equal to the one in the .dvc file that `dvc add` writes: 32 hexadecimal digits and `.dir`.

    As for DVC, times, modes and empty folders do not count, links to files count as the files, links to folders and
    what .dvcignore names are left out. `memory` is a folder in which the digests of the files are remembered by size,
    inode and times to the nanosecond; without it every byte is read. Raises OSError as reading a file does.
    """
    return listing_md5(file_digests(folder, memory).items())


def listing_md5(digests: Iterable[tuple[str, str]]) -> str:
    """md5 of DVC's list of files, each given as (path in the folder, its md5), with `.dir` at the end."""
    entries = [{"md5": digest, "relpath": name} for name, digest in sorted(digests)]
    return f"{bytes_md5(json.dumps(entries).encode())}.dir"


def file_digests(folder: Path, memory: Path | None = None) -> dict[str, str]:
    """Return the md5 of each file of a folder that DVC would take, by its path in the folder, with slashes."""
    note = memory / f"{bytes_md5(os.fsencode(folder.resolve()))}.folder.json" if memory else None
    known = _recall(note)
    found = {name: stamp_of(stat) for name, stat in _walk(folder)}
    kept = {name: entry for name, stamp in found.items() if (entry := known.get(name)) and entry[:-1] == stamp}
    fresh = _hash_all(folder, {name: stamp[0] for name, stamp in found.items() if name not in kept})
    digests = {name: str(entry[-1]) for name, entry in kept.items()}
    digests |= {name: digest for name, (digest, _) in fresh.items()}
    lasting: Remembered = kept | {name: [*stamp, digest] for name, (digest, stamp) in fresh.items() if stamp}
    if note and lasting != known:
        _remember(note, lasting)
    return digests


def _walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files below a folder that DVC would take, with what the system knows of each."""
    ignored = Ignored.for_folder(folder)
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(folder / below) as entries:
            for entry in entries:
                name, is_folder = f"{below}{entry.name}", entry.is_dir()
                if ignored.matches(name, entry.path, is_folder):
                    continue
                if not is_folder:
                    yield name, entry.stat()
                elif not entry.is_symlink():
                    waiting.append(f"{name}/")


def _hash_all(folder: Path, sizes: Mapping[str, int]) -> dict[str, tuple[str, list[int] | None]]:
    """Return digest and stamp of files, None for a stamp that is not to be trusted; large files a thread each."""
    if not sizes:
        return {}
    from concurrent.futures import ThreadPoolExecutor

    small = [name for name, size in sizes.items() if size <= SMALL]
    batches = [[name] for name, size in sorted(sizes.items(), key=lambda item: -item[1]) if size > SMALL]
    batches += [small[start : start + BATCH] for start in range(0, len(small), BATCH)]

    def hash_batch(names: list[str]) -> list[tuple[str, tuple[str, list[int] | None]]]:
        return [(name, _hash(folder / name)) for name in names]

    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as threads:
        return dict(pair for batch in threads.map(hash_batch, batches) for pair in batch)


def _hash(path: Path) -> tuple[str, list[int] | None]:
    with path.open("rb", buffering=0) as file:
        stamp = stamp_of(os.fstat(file.fileno()))
        digest, lasting = hash_open(file, stamp)
    return digest, stamp if lasting else None


def _recall(note: Path | None) -> Remembered:
    try:
        return dict(json.loads(note.read_bytes())["files"]) if note else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _remember(note: Path, files: Remembered) -> None:
    with suppress(OSError):
        write_text(note, json.dumps({"files": files}))
