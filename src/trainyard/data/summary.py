"""What was made of a table, for a person to read before training: rows, columns, the task, and what to look at."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class LeftOut:
    """A column that is no feature, and why."""

    column: str
    reason: str


@dataclass(frozen=True)
class Summary:
    """The choices made for a dataset.

    - rows: of train, val and test; dropped: rows left out because they have no target
    - split: how rows were divided, in words
    - kinds: feature columns per kind (numeric, category, boolean, datetime)
    - left_out: columns that are no features
    - numeric: columns of x, F; of these one_hot come from categories and indicators say where a value is missing
    - embedded: columns of codes, C
    - task, task_reason: what is predicted, and what decided it
    - duplicates: rows of val and of test with the features of a row of train
    - notes: a sentence each on what a person should know or check
    """

    rows: Mapping[str, int]
    dropped: int
    split: str
    kinds: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    numeric: int
    one_hot: int
    indicators: int
    embedded: int
    task: str
    task_reason: str
    duplicates: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Summary":
        """The summary whose fields went through JSON."""
        left_out = tuple(LeftOut(**column) for column in values["left_out"])
        return cls(**{**values, "left_out": left_out, "notes": tuple(values["notes"])})
