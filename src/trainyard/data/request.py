"""What is asked of a preparation, and how it travels to the process that does it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from trainyard.config.schema.dataset import DATASETS, Column, Dataset

TaskChoice = Literal["auto", "classification", "regression"]


@dataclass(frozen=True)
class Request:
    """`memory` is the folder of remembered file digests; `double` asks for float64 rather than float32.

    `target_transform` is that of numeric targets: none, log, log1p or box_cox.
    """

    dataset: Dataset
    task: TaskChoice
    double: bool
    memory: Path | None = None
    target_transform: str = "none"

    def to_json(self) -> str:
        values = {"dataset": values_of(self.dataset), "task": self.task, "double": self.double}
        memory = self.memory and str(self.memory)
        return json.dumps({**values, "memory": memory, "target_transform": self.target_transform})

    @classmethod
    def from_json(cls, text: str) -> "Request":
        values = json.loads(text)
        memory = values["memory"]
        return cls(dataset_of(values["dataset"]), values["task"], values["double"], Path(memory) if memory else None,
                   values["target_transform"])  # fmt: skip


def values_of(dataset: Dataset) -> dict[str, Any]:
    """The fields of a dataset as JSON values."""
    columns = {name: asdict(column) for name, column in dataset.columns.items()}
    return {**vars(dataset), "columns": columns}


def dataset_of(values: dict[str, Any]) -> Dataset:
    """The dataset whose fields went through JSON."""
    kind: Any = DATASETS[values["source"]]
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    fields["columns"] = {name: Column(**column) for name, column in values["columns"].items()}
    dataset: Dataset = kind(**fields)
    return dataset
