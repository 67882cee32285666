"""What MLflow takes: names of allowed characters, texts of limited length, batches of limited size."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, TypeVar

from trainyard.tracking.reading import Record

PARAM_LENGTH = 6000
TAG_LENGTH = 8000
KEY_LENGTH = 250
METRICS, PARAMS, TAGS = 800, 50, 50  # in one call: of 1000, 100 and 100 allowed, and below 1 MB together

T = TypeVar("T")


@dataclass
class Batch:
    """Metric rows (name, value, time in ms, step), params and tags that go into MLflow together."""

    metrics: list[tuple[str, float, int, int]] = field(default_factory=list)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Take in a record of the types params, tags, note or metrics."""
        if record["type"] == "metrics":
            when, step = milliseconds(record), record["step"]
            self.metrics += [(key(name), value, when, step) for name, value in record["values"].items()]
        elif record["type"] == "params":
            self.params |= texts(record["values"], PARAM_LENGTH)
        elif record["type"] == "tags":
            self.tags |= texts(record["values"], TAG_LENGTH)
        else:
            self.tags |= texts({"mlflow.note.content": record["text"]}, TAG_LENGTH)

    def calls(self) -> Iterator["Batch"]:
        """The same in pieces that one call takes."""
        pieces = zip_longest(
            pieces_of(self.metrics, METRICS),
            pieces_of(list(self.params.items()), PARAMS),
            pieces_of(list(self.tags.items()), TAGS),
        )
        for metrics, params, tags in pieces:
            yield Batch(list(metrics or ()), dict(params or ()), dict(tags or ()))


def pieces_of(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`items` in order, in pieces of `size` at most."""
    return (items[start : start + size] for start in range(0, len(items), size))


def key(name: str) -> str:
    """A name as MLflow takes it: characters that it does not know become an underscore."""
    clean = posixpath.normpath(re.sub(r"[^/\w.\- :]", "_", name)).strip("/.")
    return clean[:KEY_LENGTH] or "_"


def texts(values: Mapping[str, Any], length: int) -> dict[str, str]:
    """Values as texts under allowed names, cut with a notice where they are too long."""
    return {key(name): cut(str(value), length) for name, value in values.items()}


def cut(text: str, length: int) -> str:
    """At most `length` characters of `text`; a shortened one says how long it was."""
    if len(text) <= length:
        return text
    notice = f" ... (cut from {len(text)} characters)"
    return text[: length - len(notice)] + notice


def milliseconds(record: Record) -> int:
    """When a record was written, in ms since 1970; the same each time the journal is replayed."""
    return round(float(record["time"]) * 1000)
