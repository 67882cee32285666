"""What a process of its own is told of the one member of a sweep that it has to train."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Ticket:
    """One member, as plain values. The process composes it again, since secrets are not part of `values`.

    - number: which member of the sweep it is, counted from 0
    - argv, typed_as: what sets up the train command; command: the whole line, without secrets
    - hydra_lines, lines: its overrides as Hydra takes them; overrides: as they were typed
    - swept_keys: what sets the members apart; values: its config as config.text.to_dict has it
    - folder, parent: of the sweep, and its run id
    - path: where modules are imported from; side_by_side: members that share this machine
    """

    number: int
    argv: tuple[str, ...]
    typed_as: str
    command: str
    hydra_lines: tuple[str, ...]
    lines: tuple[str, ...]
    overrides: tuple[str, ...]
    swept_keys: tuple[str, ...]
    values: Mapping[str, Any]
    folder: str
    parent: str
    path: tuple[str, ...]
    side_by_side: int

    def to_json(self) -> str:
        """Return it as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Ticket":
        """Return the ticket that `to_json` wrote."""
        values = json.loads(text)
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return cls(**fields)
