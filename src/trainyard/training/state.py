"""A training that can go on as if it had never stopped: its tensors and its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

WEIGHTS, BEST, AVERAGE = "weights", "best", "average"  # first parts of the names of tensors
LOSSES, RANDOM = "losses", "random"


@dataclass(frozen=True)
class State:
    """A training between two minibatches.

    - tensors: `weights/<name>` and `best/<name>` by the names of the network's state dict, `average/<name>`, those of
      the stepper, `losses` of the minibatches of an epoch that has begun, and the state of the `random` generator
    - values: JSON values; the numbers of the member, and `epoch` and `minibatch` (from 0) to go on with
    """

    tensors: Mapping[str, Tensor]
    values: Mapping[str, Any]

    def part(self, kind: str) -> dict[str, Tensor]:
        """Return the tensors of one kind by the rest of their names."""
        return {name.removeprefix(f"{kind}/"): tensor for name, tensor in self.tensors.items()
                if name.startswith(f"{kind}/")}  # fmt: skip

    @property
    def epoch(self) -> int:
        """The epoch to go on with, from 0."""
        return int(self.values["epoch_index"])

    @property
    def minibatch(self) -> int:
        """The minibatch of the epoch to go on with, from 0."""
        return int(self.values["minibatch"])


def named_weights(network: nn.Module) -> dict[str, Tensor]:
    """Return parameters and buffers of a network, as they are, by the names of its state dict."""
    return {name: tensor.detach() for name, tensor in network.state_dict(keep_vars=True).items()}


def prefixed(kind: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors under the names of their kind."""
    return {f"{kind}/{name}": tensor for name, tensor in tensors.items()}
