"""Weights on disk while a training goes on, so that what was reached outlives a crash."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor, nn

from trainyard.files import replacing
from trainyard.training.member import Member


class BestCheckpoint:
    """`checkpoints/best.safetensors`, written anew when the best weights have changed, at most every `seconds`."""

    def __init__(self, folder: Path, seconds: float):
        self.path = folder / "checkpoints" / "best.safetensors"
        self.seconds, self._written = seconds, time.monotonic()
        self._epoch = 0

    def due(self) -> bool:
        """Whether it is time to write again."""
        return time.monotonic() - self._written >= self.seconds

    def write(self, member: Member, network: nn.Module) -> None:
        """Write the member's best weights where they are not on the disk yet."""
        if member.best_epoch == self._epoch:
            return
        weights = dict(zip(network.state_dict(), member.best_weights, strict=True))
        metrics = next(row for row in member.history if row["epoch"] == member.best_epoch)
        save_weights(self.path, weights, {"epoch": str(member.best_epoch), "metrics": json.dumps(metrics)})
        self._written, self._epoch = time.monotonic(), member.best_epoch


def save_weights(path: Path, weights: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
    """Write tensors as safetensors, whole or not at all."""
    with replacing(path) as partial:
        save_file({name: tensor.contiguous().cpu() for name, tensor in weights.items()}, partial, metadata)
