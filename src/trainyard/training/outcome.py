"""How a member that trained in a process of its own ended, and what it said meanwhile."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from trainyard.training.result import RunResult


@dataclass(frozen=True)
class Outcome:
    """The result of the member of a number, with what it printed, and printed of errors."""

    number: int
    result: RunResult
    said: str = ""
    complained: str = ""

    def to_json(self) -> str:
        """Return it as one line."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "Outcome":
        """Return the outcome that `to_json` wrote."""
        values = json.loads(text)
        result = RunResult(**values.pop("result"))
        return cls(**values, result=replace(result, folder=Path(result.folder)))


def killed(number: int, folder: Path, how: str) -> Outcome:
    """Return the outcome of a member whose process is gone without a word; `how` completes "the process ..."."""
    error = f"the process of this member {how}"
    return Outcome(number, RunResult(folder, "KILLED", 1, {}, None, error), said=f"  killed: {error}\n")
