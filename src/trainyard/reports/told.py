"""How a run went, from its folder alone, for its report."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainyard.reports.outcome import REASONS
from trainyard.reports.run_files import RunFiles, read_run
from trainyard.tracking.reading import read_journal, status_of

Record = dict[str, Any]
COUNTED = ("running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class Told:
    """A run with the records of its journal."""

    run: RunFiles
    records: list[Record]

    @classmethod
    def of(cls, folder: Path) -> "Told":
        """Return the run in `folder`; raise ConfigError where it left no lineage."""
        return cls(read_run(folder), read_journal(folder))

    @property
    def tags(self) -> dict[str, str]:
        """The tags of the journal, a later one in place of an earlier one."""
        return self._merged("tags")

    @property
    def params(self) -> dict[str, Any]:
        """The choices and numbers that are shown in MLflow."""
        return self._merged("params")

    @property
    def note(self) -> str:
        """What the run is about, as it was given."""
        return next((str(record["text"]) for record in reversed(self.records) if record["type"] == "note"), "")

    @property
    def reason(self) -> str:
        """Why the training ended, in words; empty where it did not come to an end."""
        return REASONS.get(self.tags.get("stopped_by", ""), "")

    @property
    def status(self) -> str:
        """How the run ended or, while the last of it is being written, how it will have."""
        told = status_of(self.records, living=True)
        if told != "RUNNING" or "stopped_by" not in self.tags:
            return told
        return {"diverged": "FAILED", "interrupted": "KILLED"}.get(self.tags["stopped_by"], "FINISHED")

    @property
    def error(self) -> str:
        """Why it did not finish."""
        last = self.records[-1]
        return str(last.get("error") or "") if last["type"] == "end" else ""

    @property
    def seconds(self) -> float:
        """Time from its beginning to its last measurement; of a run that was resumed with the time in between."""
        times = [float(record["time"]) for record in self.records if record["type"] == "metrics"]
        return max(0.0, (times[-1] if times else 0.0) - float(self.records[0]["time"]))

    @property
    def parameters(self) -> int:
        """How many numbers the model has learned, without what normalization has counted."""
        tensors = self.run.card.get("weights", {}).get("tensors", {})
        learned = [tensor for name, tensor in tensors.items() if name.rpartition(".")[2] not in COUNTED]
        return sum(math.prod(tensor["shape"]) for tensor in learned)

    def _merged(self, kind: str) -> dict[str, Any]:
        """Return the values of all records of a kind, a later one in place of an earlier one."""
        records = [record["values"] for record in self.records if record["type"] == kind]
        return {name: value for values in records for name, value in values.items()}
