"""What a benchmark leaves: benchmark.csv with a line a row, benchmark.json with every repeat and the machine."""

import csv
import io
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trainyard.benchmark.rows import Row, baseline
from trainyard.config.runs import JOURNAL
from trainyard.errors import ConfigError
from trainyard.files import cannot_write, json_text, remove_if_empty, sync_folder, write_text

CSV, JSON, PLOT = "benchmark.csv", "benchmark.json", "benchmark.png"
PARTIAL = ".benchmark-"  # begins the name of a folder of files that are not complete
COLUMNS = (
    "network", "batch_size", "engine", "kind", "device", "threads", "precision", "rows_per_second", "ratio", "ranked",
    "spread", "repeats", "epoch_rows", "memory_bytes", "deviation", "tolerance", "note",
)  # fmt: skip


@contextmanager
def opened_output(folder: Path) -> Iterator[None]:
    """Make the folder that a benchmark is to be written to; one in which nothing was written is gone after the block.

    Raises ConfigError where nothing can be written, or something else than an earlier benchmark stands.
    """
    check_output(folder)
    if folder.is_file():
        raise ConfigError(f"output={folder}: is a file; name a folder")
    problem = cannot_write(folder)
    if problem is not None:
        raise ConfigError(f"output={folder}: cannot be written ({problem}); name another folder")
    missing = [above for above in folder.parents if not above.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        remove_if_empty(folder, len(missing))


def check_output(folder: Path) -> None:
    """Raise ConfigError for a folder that holds something else than an earlier benchmark, or the run that it became."""
    try:
        there = [file.name for file in folder.iterdir() if not file.name.startswith(PARTIAL)] if folder.is_dir() else []
    except OSError as error:
        raise ConfigError(f"output={folder}: cannot be read ({error.strerror}); name another folder") from None
    if there and JSON not in there:
        raise ConfigError(f"output={folder}: holds something else than an earlier benchmark; name a new folder")
    if JOURNAL in there:
        raise ConfigError(f"output={folder}: holds an earlier benchmark that is a run of MLflow; name a new folder")


def put_together(files: Path, folder: Path) -> None:
    """Move all files of a folder, which are complete, to the places of earlier ones."""
    for file in sorted(files.iterdir()):
        file.replace(folder / file.name)
    sync_folder(folder)


def write_files(folder: Path, rows: Sequence[Row], machine: Mapping[str, Any], words: str) -> list[Path]:
    """Write both files and return their paths. `machine` says what was measured on, `words` are the last paragraph."""
    found = records(rows)
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n", extrasaction="ignore")
    table.writeheader()
    table.writerows({name: "" if value is None else value for name, value in each.items()} for each in found)
    write_text(folder / CSV, text.getvalue())
    write_text(folder / JSON, json_text({"machine": machine, "words": words, "rows": found}))
    return [folder / CSV, folder / JSON]


def records(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the rows as plain values; `ratio` is to the speed of NumPy with one thread, None if not ranked."""
    bases = baseline(rows)
    return [record(row, bases.get(row.case)) for row in rows]


def record(row: Row, base: Row | None) -> dict[str, Any]:
    """Return a row as plain values, its ratio to a baseline among them."""
    spec, timing = row.spec, row.timing
    return {
        "network": row.network, "batch_size": row.batch_size, "engine": spec.name, **spec.as_dict(),
        "rows_per_second": row.speed if timing else None,
        "ratio": row.speed / base.speed if row.ranked and base is not None else None, "ranked": row.ranked,
        "spread": timing.spread if timing else None, "repeats": len(timing.seconds) if timing else 0,
        "epoch_rows": row.rows, "memory_bytes": row.memory, "deviation": row.deviation, "tolerance": spec.tolerance,
        "note": row.note, "seconds": list(timing.seconds) if timing else [], "losses": list(row.losses),
    }  # fmt: skip


def machine(facts: Sequence[Mapping[str, Any]], cores: int) -> dict[str, Any]:
    """Return what was measured on: processor, cores, GPU, versions, as its engines say."""
    versions: dict[str, str] = {}
    for each in facts:
        versions = {**each.get("versions", {}), **versions}
    gpu = next((each["gpu"] for each in facts if each.get("gpu")), None)
    return {"processor": processor(), "cores": cores, "gpu": gpu, "system": platform.platform(),
            "python": platform.python_version(), "versions": versions}  # fmt: skip


def processor() -> str:
    """Return the name of the processor, as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()
