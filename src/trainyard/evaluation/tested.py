"""The rows that tested the model of a run, for verbs that look at the model again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainyard.config.schema.run import Config
from trainyard.data.source import Source
from trainyard.evaluation.choose import file_source, lazily, own_rows
from trainyard.evaluation.rows import Evaluated, raw_rows
from trainyard.evaluation.subject import Subject, open_subject


@dataclass(frozen=True)
class Tested:
    """A packaged model and the rows that tested it; `source` reads the raw rows, once, where they are asked for."""

    subject: Subject
    evaluated: Evaluated
    source: Callable[[], Source]


def open_tested(folder: Path, config: Config, root: Path, trust: Sequence[str], file: Path | None = None) -> Tested:
    """Return the model packaged in a run's folder and the rows that tested it, by the run's config; or those of `file`.

    Raises PackageError, and DataError where the data have changed since.
    """
    subject = open_subject(folder, trust)
    if file is not None:
        source = file_source(subject, file)
        return Tested(subject, raw_rows(subject, source), lambda: source)
    return Tested(subject, own_rows(subject, config, root, "test"), lazily(config, root))
