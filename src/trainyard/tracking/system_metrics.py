"""What a training uses of its machine, seen from outside by the process that writes MLflow.

The names are MLflow's own, so that its UI shows them in the tab "System metrics". Unlike MLflow's, processor and memory
are those of the training and the processes that it has started, not of everything on the machine.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trainyard.tracking.process import Process
from trainyard.tracking.reading import Record

FIRST_SECONDS = 1.0  # until the first sample, so that short runs have one
BATCH_SECONDS = 30.0  # samples are written together
MEGABYTE, MEBIBYTE = 1e6, 2**20
GPU_QUERY = [
    "nvidia-smi", "--query-gpu=index,utilization.gpu,memory.used,memory.total,power.draw",
    "--format=csv,noheader,nounits",
]  # fmt: skip
GPU_SECONDS = 5.0

Row = tuple[str, float, int, int]  # name, value, time in ms since 1970, step


class SystemWatch:
    """Samples of one run, every so many seconds; the step of a sample is the run's age in seconds."""

    def __init__(self, seconds: float):
        self._seconds = seconds
        self._owner: Process | None = None
        self._used: dict[int, float] = {}  # processor seconds by pid, at the last sample
        self._looked = 0.0
        self._due = 0.0
        self._rows: list[Row] = []

    def look(self, life: list[Record], folder: Path) -> None:
        """Take a sample of a living run, if it is time; `life` are the records that begin and resume it."""
        now = time.monotonic()
        owner = Process.from_dict(next(record for record in reversed(life) if "pid" in record))
        if owner != self._owner:
            self._owner, self._used, self._looked = owner, dict(tree_seconds(owner.pid)), now
            self._due = now + min(FIRST_SECONDS, self._seconds)
        if now < self._due or not owner.runs_here():
            return
        self._due = now + self._seconds
        values = {**self._processor(owner.pid, now), **memory(owner.pid), **disk(folder), **gpus()}
        at = time.time()
        step = max(0, round(at - float(life[0]["time"])))
        self._rows += [(f"system/{name}", value, round(at * 1000), step) for name, value in values.items()]

    def take(self, *, everything: bool) -> list[Row]:
        """Return the rows to be written now, once: none while they are few, unless `everything` is asked for."""
        if not self._rows or not (everything or time.time() - self._rows[0][2] / 1000 > BATCH_SECONDS):
            return []
        rows, self._rows = self._rows, []
        return rows

    def _processor(self, pid: int, now: float) -> dict[str, float]:
        used = dict(tree_seconds(pid))
        seconds = sum(max(0.0, value - self._used.get(each, 0.0)) for each, value in used.items())
        share = seconds / max(now - self._looked, 1e-3) / (os.cpu_count() or 1)
        self._used, self._looked = used, now
        return {"cpu_utilization_percentage": round(100 * share, 1)}


def tree(pid: int) -> Iterator[Any]:
    """Yield a process and those that it has started, but for this one with its own, if it is one of them."""
    import psutil

    try:
        root = psutil.Process(pid)
        children = root.children(recursive=True)
        ours = {os.getpid(), *(child.pid for child in psutil.Process().children(recursive=True))}
    except psutil.Error:
        return
    if os.getpid() in (child.pid for child in children):
        children = [child for child in children if child.pid not in ours]
    yield root
    yield from children


def tree_seconds(pid: int) -> Iterator[tuple[int, float]]:
    """Yield the processor seconds that each process of a tree has used, by pid."""
    import psutil

    for each in tree(pid):
        try:
            times = each.cpu_times()
        except psutil.Error:
            continue
        yield each.pid, times.user + times.system


def memory(pid: int) -> dict[str, float]:
    """Return the resident memory of a process tree, in MB and as a part of the machine's."""
    import psutil

    resident = 0
    for each in tree(pid):
        try:
            resident += each.memory_info().rss
        except psutil.Error:
            continue
    return {
        "system_memory_usage_megabytes": round(resident / MEGABYTE, 1),
        "system_memory_usage_percentage": round(100 * resident / psutil.virtual_memory().total, 1),
    }


def disk(folder: Path) -> dict[str, float]:
    """Return how full the disk of a folder is."""
    import psutil

    usage = psutil.disk_usage(str(folder))
    return {
        "disk_usage_percentage": float(usage.percent),
        "disk_usage_megabytes": round(usage.used / MEGABYTE, 1),
        "disk_available_megabytes": round(usage.free / MEGABYTE, 1),
    }


def gpus() -> dict[str, float]:
    """Return how busy each GPU of the machine is, and how full, by nvidia-smi; nothing where there is none."""
    try:
        done = subprocess.run(GPU_QUERY, capture_output=True, text=True, timeout=GPU_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return {}
    values: dict[str, float] = {}
    for line in done.stdout.splitlines():
        index, *cells = (cell.strip() for cell in line.split(","))
        busy, used, total, watts = (_number(cell) for cell in cells)
        name = f"gpu_{index}"
        if busy is not None:
            values[f"{name}_utilization_percentage"] = busy
        if used is not None and total:
            values[f"{name}_memory_usage_megabytes"] = round(used * MEBIBYTE / MEGABYTE, 1)
            values[f"{name}_memory_usage_percentage"] = round(100 * used / total, 1)
        if watts is not None:
            values[f"{name}_power_usage_watts"] = watts
    return values


def _number(text: str) -> float | None:
    """Return the number of a cell; None for what a GPU does not tell, such as [N/A]."""
    try:
        return float(text)
    except ValueError:
        return None
