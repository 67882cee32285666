"""`trainyard clean`: remove prepared data from the cache; a training prepares again what it needs."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from trainyard.verbs.arguments import ArgumentsError, Verb, asks_for_help

VERB = Verb(
    "clean",
    "Removes prepared data from the cache; a training prepares again what it needs. Runs are not touched.",
    {
        "older_than": "remove what was not used for this long, such as 30d or 12h",
        "size": "remove the least recently used until at most this much is left, such as 2GB",
    },
    ("older_than=30d", "size=2GB", ""),
)
Value = TypeVar("Value")


def main(argv: Sequence[str]) -> int:
    """Remove what the arguments name, everything without any, and say what was removed and what is left."""
    if asks_for_help(argv):
        print(VERB.help())
        return 0
    values = VERB.read(argv)
    from trainyard.config.duration import parse_duration, parse_size

    age = _parsed("older_than", values, parse_duration)
    limit = _parsed("size", values, parse_size)
    from trainyard.config.root import project_root
    from trainyard.data.cache import clean

    root = project_root()
    removed, freed = _remove_unused(root, age) if age is not None else (0, 0)
    held = clean(root, limit if limit is not None else 0 if age is None else 2**63)
    removed, freed = removed + held.entries, freed + held.bytes
    print(f"Removed {_count(removed)} ({_megabytes(freed)}); left {_count(held.left_entries)} "
          f"({_megabytes(held.left_bytes)}).")  # fmt: skip
    return 0


def _remove_unused(root: Path, age: float) -> tuple[int, int]:
    """Remove what was not used for `age` seconds and is not in use now; return how many and their bytes."""
    from trainyard.data.cache import Cache, last_used, size

    cache, removed, freed = Cache.of(root), 0, 0
    for key in sorted(cache.keys()):
        entry = cache.entry(key)
        if entry.exists() and time.time() - last_used(entry) > age:
            with cache.locked(key, wait=False) as ours:
                if ours:
                    bytes_ = size(entry)
                    cache.remove(key)
                    removed, freed = removed + 1, freed + bytes_
    return removed, freed


def _parsed(key: str, values: dict[str, str], parse: Callable[[str], Value]) -> Value | None:
    try:
        return parse(values[key]) if key in values else None
    except ValueError as error:
        raise ArgumentsError(f"{key}: {error}") from None


def _count(entries: int) -> str:
    return "1 prepared dataset" if entries == 1 else f"{entries} prepared datasets"


def _megabytes(bytes_: int) -> str:
    return f"{bytes_ / 1e6:.1f} MB"
