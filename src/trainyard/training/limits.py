"""What this process may use of the machine: memory and processor time, within its control groups (of either version).

A container, a pod or a Slurm job may have a tenth of the memory and of the processor time that the machine has; what
takes more is killed or slowed down.
"""

import os
from collections.abc import Iterator
from pathlib import Path

PROC, GROUPS = Path("/proc"), Path("/sys/fs/cgroup")
NO_LIMIT = 1 << 60  # bytes; version 1 writes a number like this one for none


def free_memory() -> int:
    """Return the bytes that are free, those that the system takes back from its cache of files among them."""
    left = [limit - used for limit, used in map(_memory_of, _folders("memory")) if limit < NO_LIMIT]
    return max(0, min([_free_of_machine(), *left]))


def processor_limit() -> float:
    """Return how many cores' time this process may use, infinity where nothing limits it."""
    return min(map(_cores_of, _folders("cpu")), default=float("inf"))


def _free_of_machine() -> int:
    for line in _text(PROC / "meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")  # a Mac tells no more


def _folders(controller: str) -> Iterator[Path]:
    """Yield the folders of the groups that this process is in, from its own to that of all, as far as they are seen.

    A container often sees its own group as that of all, under another path than the system names.
    """
    for line in _text(PROC / "self" / "cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        top = GROUPS / controllers if controllers else GROUPS
        top = top if top.is_dir() else GROUPS / controller
        inner = Path(path.lstrip("/"))
        yield from (top / each for each in (inner, *inner.parents) if (top / each).is_dir())


def _memory_of(folder: Path) -> tuple[int, int]:
    """Return the limit of a group and what it uses, in bytes, but for files that the system can drop from memory."""
    limit = _text(folder / "memory.max") or _text(folder / "memory.limit_in_bytes")
    used = _text(folder / "memory.current") or _text(folder / "memory.usage_in_bytes")
    if not limit.strip().isdecimal() or not used.strip().isdecimal():
        return NO_LIMIT, 0
    told = dict(line.split() for line in _text(folder / "memory.stat").splitlines())
    kinds = ("inactive_file", "active_file")
    files = sum(int(told.get(f"total_{kind}", told.get(kind, "0"))) for kind in kinds)
    return int(limit), int(used) - files


def _cores_of(folder: Path) -> float:
    quota, period = (_text(folder / "cpu.max").split() or ["", ""])[:2]
    if not quota:
        quota, period = (_text(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period"))
    if not quota.isdecimal() or not period.isdecimal() or not int(period):
        return float("inf")
    return int(quota) / int(period)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
