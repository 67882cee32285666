"""A benchmark as a run in MLflow: a curve of each engine over batch sizes, comparable with other benchmarks'."""

from collections.abc import Sequence
from pathlib import Path

from trainyard.benchmark.files import records
from trainyard.benchmark.rows import Row
from trainyard.benchmark.run import Benchmark
from trainyard.config.root import project_root
from trainyard.config.schema.run import Config
from trainyard.tracking.journal import Journal
from trainyard.tracking.sync import sync

EXPERIMENT = "benchmark"
MEASURES = ("rows_per_second", "ratio", "memory_bytes")


def track(found: Benchmark, folder: Path, files: Sequence[Path], config: Config) -> str | None:
    """Write the journal of a benchmark and bring it to the MLflow of the config.

    Return a sentence where that did not come about. Raises JournalError where the folder holds a run already.
    """
    journal = Journal.create(folder, kind="run", experiment=EXPERIMENT, name=folder.name)
    about = {name: value for name, value in found.machine.items() if not isinstance(value, dict)}
    journal.params({**about, **{f"version.{name}": text for name, text in found.machine["versions"].items()}})
    journal.tags(dict(config.tags))
    journal.note(config.note or found.words)
    for size in sorted({row.batch_size for row in found.rows}):
        journal.metrics(metrics([row for row in found.rows if row.batch_size == size and row.ranked]), step=size)
    for file in files:
        journal.artifact(file)
    journal.end("FINISHED")
    synced = sync(project_root(), config.tracking, folder, named=True, untracked=True, say=lambda _line: None)
    if not synced.problems:
        return None
    return f"MLflow does not have it yet: {' '.join(synced.problems)} `trainyard sync run={folder}` brings it."


def metrics(rows: Sequence[Row]) -> dict[str, float]:
    """Return what was measured as metrics of MLflow, <network>/<engine>/<what>; the step is the batch size."""
    found = {}
    for each in records(rows):
        engine = "-".join([each["kind"], each["device"], str(each["threads"]), each["precision"]])
        network = each["network"].replace(", ", "-")
        found.update({f"{network}/{engine}/{what}": each[what] for what in MEASURES if each[what] is not None})
    return found
