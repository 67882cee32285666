"""States of a training on the disk, so that it can go on after whatever ended it."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, uint8

from trainyard.config.duration import parse_duration
from trainyard.config.schema.run import Training
from trainyard.errors import TrainyardError
from trainyard.files import replacing
from trainyard.training.state import State

FOLDER, FORMAT = "checkpoints", "1"


class CheckpointError(TrainyardError):
    """A run that cannot go on, as no state of it can be read."""


class Checkpoints:
    """The newest states of a training in `checkpoints/` of its folder, each file whole or not there.

    One is due after `training.checkpoint_every`, and exactly every so many steps or epochs where these are set. `flush`
    is called before one is written: it shall not know of more than the journal on the disk.
    """

    def __init__(self, folder: Path, training: Training, flush: Callable[[], None] = lambda: None):
        self.folder, self.training, self.flush = folder / FOLDER, training, flush
        self._seconds = parse_duration(training.checkpoint_every)
        self._written = time.monotonic()

    def due(self) -> bool:
        """Whether it is time for one."""
        return time.monotonic() - self._written >= self._seconds

    def due_at_step(self, step: int) -> bool:
        """Whether one is wanted after this step."""
        return self.training.checkpoint_steps is not None and step % self.training.checkpoint_steps == 0

    def due_at_epoch(self, epoch: int) -> bool:
        """Whether one is wanted after this epoch (from 1)."""
        return self.training.checkpoint_epochs is not None and epoch % self.training.checkpoint_epochs == 0

    def write(self, state: State) -> Path:
        """Write a state and remove the oldest ones beyond `training.keep_checkpoints`."""
        self.flush()
        path = self.folder / f"step-{state.values['step']:010d}.safetensors"
        tensors = {name: tensor.cpu().clone().contiguous() for name, tensor in state.tensors.items()}
        values = json.dumps(dict(state.values))
        with replacing(path) as partial:
            save_file(tensors, partial, {"format": FORMAT, "values": values, "digest": _digest(tensors, values)})
        self._written = time.monotonic()
        for old in states_in(self.folder)[: -self.training.keep_checkpoints]:
            old.unlink(missing_ok=True)
        return path


def states_in(folder: Path) -> list[Path]:
    """Return the files of states in a folder, the oldest first."""
    return sorted(folder.glob("step-*.safetensors"))


def newest_state(folder: Path) -> tuple[State, list[str]]:
    """Return the newest state of the run in `folder` that is whole, and the names of newer ones that are not.

    Raises CheckpointError where there is none.
    """
    damaged: list[str] = []
    for path in reversed(states_in(folder / FOLDER)):
        state = read_state(path)
        if state is not None:
            return state, damaged
        damaged.append(path.name)
    if damaged:
        raise CheckpointError(f"{folder} cannot go on: all of its checkpoints are damaged ({', '.join(damaged)}).")
    raise CheckpointError(f"{folder} cannot go on: it has no checkpoint. It ended before the first was written.")


def read_state(path: Path) -> State | None:
    """Return the state in a file; None where it is damaged."""
    try:
        with safe_open(path, "pt") as file:
            metadata: Mapping[str, Any] = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # it is no dict
        if metadata["format"] != FORMAT or metadata["digest"] != _digest(tensors, metadata["values"]):
            return None
        return State(tensors, json.loads(metadata["values"]))
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


def _digest(tensors: Mapping[str, Tensor], values: str) -> str:
    digest = hashlib.blake2b(values.encode(), digest_size=16)
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].reshape(-1).view(uint8).numpy().tobytes())
    return digest.hexdigest()
