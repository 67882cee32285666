"""Which rows a model is evaluated on: those that tested it, those of a file, or those of another dataset."""

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path

from trainyard.config.schema.run import Config
from trainyard.data.cached import find_prepared
from trainyard.data.prepare import prepare
from trainyard.data.prepared import Prepared
from trainyard.data.read import read
from trainyard.data.source import Source, SourceFile
from trainyard.data.sources import load_source
from trainyard.errors import DataError
from trainyard.evaluation.rows import Evaluated, prepared_rows, raw_rows
from trainyard.evaluation.subject import Subject
from trainyard.inference import Model

PARTS = ("test", "val", "train", "all")


def own_rows(subject: Subject, config: Config, root: Path, part: str) -> Evaluated:
    """Return a part of the data that the run with this config was trained on, as they were then.

    They are read from the cache, or prepared again. Raises DataError where they have changed since.
    """
    card, dataset = subject.packaged.card, config.dataset
    source = lazily(config, root)
    if part == "all":
        return raw_rows(subject, source())
    known = card["lineage"].get("data", {})
    prepared = find_prepared(str(known.get("prepared")), dataset, root) or prepared_again(subject, config, root)
    if not fits(prepared, subject.packaged):
        raise DataError(f"The data of the run are not those that it was trained on: {prepared.origin} has the digest "
                        f"{prepared.digest}, but it was {known.get('digest')}. Evaluate it on the rows of a file by "
                        "input=, or on the data as they are now by dataset= and its keys.")  # fmt: skip
    return prepared_rows(subject, prepared, part, source)


def dataset_rows(subject: Subject, config: Config, root: Path, part: str | None) -> Evaluated:
    """Return the rows of the config's dataset, read as raw rows where the model was trained on others.

    Without `part` they are the test rows where the data are those of the model's training, else all.
    """
    source = lazily(config, root)
    trained_on = subject.packaged.card["lineage"].get("data", {}).get("digest")
    if part is None:
        part = "test" if source().digest == trained_on else "all"
    if part == "all":
        return raw_rows(subject, source())
    prepared = prepared_again(subject, config, root)
    if fits(prepared, subject.packaged):
        return prepared_rows(subject, prepared, part, source)
    return raw_rows(subject, source(), getattr(prepared, part).rows)


def file_rows(subject: Subject, path: Path) -> Evaluated:
    """Return the rows of a table in a file, read as the training data were. Raises DataError."""
    return raw_rows(subject, file_source(subject, path))


def file_source(subject: Subject, path: Path) -> Source:
    """Return the raw rows of a table in a file, read as the training data were. Raises DataError."""
    try:
        reading = read(path.expanduser().absolute(), key="input", **subject.packaged.card["reading"])
    except DataError as error:
        raise DataError([fault.replace("dataset.input", "input") for fault in error.faults]) from None
    file = SourceFile(path, reading.table.num_rows, reading.find_lines)
    return Source(table=reading.table, digest="", origin=str(path), files=(file,))


def prepared_again(subject: Subject, config: Config, root: Path) -> Prepared:
    """Return the dataset of a config prepared for the task and the precision of the model."""
    card = subject.packaged.card
    return prepare(
        config.dataset, task=card["task"], double=card["precision"] == "64", root=root,
        target_transform=card["model"].get("target_transform", "none"), trusted=config.trusted,
    )  # fmt: skip


def fits(prepared: Prepared, model: Model) -> bool:
    """Whether prepared arrays are what the model's own encoder and units would make of the rows."""
    card = model.card
    same_targets = [*prepared.target_mean] == card["target_mean"] and [*prepared.target_scale] == card["target_scale"]
    classes = None if prepared.classes is None else [*prepared.classes]
    same: bool = prepared.preprocessing == card["preprocessing"] and same_targets and classes == card["classes"]
    return same and [asdict(power) for power in prepared.target_powers] == card["target_powers"]


def lazily(config: Config, root: Path) -> Callable[[], Source]:
    """Return what reads the raw rows of the config's dataset, once and only where they are asked for."""
    memory = root.absolute() / ".trainyard" / "digests"
    return cache(lambda: load_source(config.dataset, memory, config.trusted))
