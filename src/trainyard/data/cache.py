"""The folder of prepared datasets: one entry per key, whole or absent, made once by whoever comes first.

<root>/.trainyard/cache/<key>/          an entry, renamed into place when whole
<root>/.trainyard/cache/<key>.<pid>.new an entry in the making; .old: one being removed; leftovers when not locked
<root>/.trainyard/cache/locks/<key>     locked shared while an entry is opened, exclusively while it is made or removed

An entry that is removed while a training reads it stays readable there: the system keeps mapped files until they are
closed.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trainyard.errors import ConfigError
from trainyard.files import sync_folder

LIMIT = 10.0  # GiB; the environment variable TRAINYARD_CACHE_GIB says otherwise
USED = "meta.json"  # its time of change says when an entry was last used


@dataclass(frozen=True)
class Cleaned:
    """What was removed from the cache and what is left of it."""

    entries: int
    bytes: int
    left_entries: int
    left_bytes: int


@dataclass(frozen=True)
class Cache:
    folder: Path

    @classmethod
    def of(cls, root: Path) -> "Cache":
        """The cache of the project at `root`."""
        return cls(root.absolute() / ".trainyard" / "cache")

    def entry(self, key: str) -> Path:
        return self.folder / key

    @contextmanager
    def locked(self, key: str, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
        """Hold the lock of a key; gives whether it is held, which it always is when waiting."""
        path = self.folder / "locks" / key
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        handle = None
        while handle is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(handle, how)
            except BlockingIOError:
                os.close(handle)
                yield False
                return
            except BaseException:
                os.close(handle)
                raise
            if not same_file(handle, path):  # removed by `clean` while we waited
                os.close(handle)
                handle = None
        try:
            yield True
        finally:
            os.close(handle)

    def begin(self, key: str) -> Path:
        """An empty folder to make an entry in; leftovers of the key are swept. Its lock must be held exclusively."""
        self.sweep(key)
        fresh = self.folder / f"{key}.{os.getpid()}.new"
        fresh.mkdir(parents=True)
        return fresh

    def adopt(self, made: Path, key: str) -> None:
        """Put a finished folder, all of it on the disk, in place of the entry, in one step."""
        self.remove(key)
        made.rename(self.entry(key))
        sync_folder(self.folder)

    def remove(self, key: str) -> None:
        """Remove an entry, whose lock must be held exclusively: out of the way in one step, then file by file."""
        entry = self.entry(key)
        if entry.exists():
            old = entry.with_name(f"{key}.{os.getpid()}.old")
            entry.rename(old)
            shutil.rmtree(old, ignore_errors=True)

    def sweep(self, key: str) -> int:
        """Remove what a killed process left of an entry in the making; its size in bytes."""
        swept = 0
        for leftover in self.folder.glob(f"{key}.*"):
            swept += size(leftover)
            shutil.rmtree(leftover, ignore_errors=True)
        return swept

    def keys(self) -> list[str]:
        """The entries, and the keys of which only leftovers exist; least recently used first."""
        if not self.folder.is_dir():
            return []
        names = {path.name.split(".")[0] for path in self.folder.iterdir() if path.name != "locks" and path.is_dir()}
        return sorted(names, key=lambda key: (last_used(self.entry(key)), key))

    def touch(self, key: str) -> None:
        """Note that an entry was used now."""
        try:
            os.utime(self.entry(key) / USED)
        except OSError:  # a cache that may only be read stays usable
            return

    def shrink(self, limit: int, keep: str | None = None) -> Cleaned:
        """Remove leftovers and, least recently used first, entries until at most `limit` bytes are held.

        The entry `keep` and entries whose lock another process holds are left.
        """
        sizes = {key: size(self.entry(key)) for key in self.keys()}
        held, removed, freed = sum(sizes.values()), 0, 0
        for key, bytes_ in sizes.items():
            if key == keep:
                continue
            with self.locked(key, wait=False) as ours:
                if not ours:
                    continue
                freed += self.sweep(key)
                if held > limit and self.entry(key).exists():
                    self.remove(key)
                    held, removed, freed = held - bytes_, removed + 1, freed + bytes_
                if not self.entry(key).exists():
                    (self.folder / "locks" / key).unlink(missing_ok=True)
        left = [key for key in self.keys() if self.entry(key).exists()]
        return Cleaned(removed, freed, len(left), held)


def limit_bytes() -> int:
    """What the cache may hold, from TRAINYARD_CACHE_GIB or the default. Raises ConfigError when that is no number."""
    text = os.environ.get("TRAINYARD_CACHE_GIB", str(LIMIT))
    try:
        limit = float(text)
        if not limit >= 0:
            raise ValueError
        return int(min(limit, 2.0**33) * 2**30)
    except ValueError:
        raise ConfigError(f"TRAINYARD_CACHE_GIB={text} is not a number of GiB. Set it to one such as 20.") from None


def clean(root: Path, limit: int = 0) -> Cleaned:
    """Remove prepared datasets, least recently used first, until at most `limit` bytes are held; 0 removes all."""
    cleaned = Cache.of(root).shrink(limit)
    if limit == 0:
        shutil.rmtree(root.absolute() / ".trainyard" / "digests", ignore_errors=True)
    return cleaned


def size(folder: Path) -> int:
    """Bytes of the files in a folder and below; what vanishes meanwhile counts nothing."""
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size
        except OSError:
            continue
    return total


def last_used(entry: Path) -> float:
    try:
        return (entry / USED).stat().st_mtime
    except OSError:
        return 0.0


def same_file(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
