"""What is asked of a preparation, and how it travels to the process that does it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from trainyard.config.schema.augment import Augment
from trainyard.config.schema.dataset import DATASETS
from trainyard.config.schema.dataset_keys import Column, Dataset

TaskChoice = Literal["auto", "classification", "regression"]


@dataclass(frozen=True)
class Request:
    """`memory` is the folder of remembered file digests; `double` asks for float64 rather than float32.

    `target_transform` is that of numeric targets: none, log, log1p or box_cox. `trusted` names the packages whose
    functions a dataset may name.
    """

    dataset: Dataset
    task: TaskChoice
    double: bool
    memory: Path | None = None
    target_transform: str = "none"
    trusted: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps({**vars(self), "dataset": values_of(self.dataset)}, default=str)

    @classmethod
    def from_json(cls, text: str) -> "Request":
        values = json.loads(text)
        memory = Path(values["memory"]) if values["memory"] else None
        dataset, trusted = dataset_of(values["dataset"]), tuple(values["trusted"])
        return cls(**{**values, "dataset": dataset, "memory": memory, "trusted": trusted})


def values_of(dataset: Dataset) -> dict[str, Any]:
    """The fields of a dataset as JSON values."""
    columns = {name: asdict(column) for name, column in dataset.columns.items()}
    return {**vars(dataset), "columns": columns, "augment": asdict(dataset.augment)}


def dataset_of(values: dict[str, Any]) -> Dataset:
    """The dataset whose fields went through JSON."""
    kind: Any = DATASETS[values["source"]]
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    fields["columns"] = {name: Column(**column) for name, column in values["columns"].items()}
    fields["augment"] = Augment(**values["augment"])
    dataset: Dataset = kind(**fields)
    return dataset
