"""What classifier and regressor share: the network, the loss and its one mean."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn

from trainyard.data.rows import Minibatch
from trainyard.models.own import Own
from trainyard.networks.optimization import penalty

NOTHING_OWN = Own()


class Model(nn.Module, ABC):
    """A task and its network: losses, metrics and what a prediction is. Who trains or tests it knows of devices."""

    task: str
    input_dtype: torch.dtype | None = None  # of the numbers that the network takes, where it is not that of the data
    channels_last = False  # whether images are given to the network with the channels of a pixel side by side

    def __init__(self, network: nn.Module, own: Own = NOTHING_OWN):
        super().__init__()
        self.network = network
        self.own = own
        self.own_loss = own.loss  # where it is a module, it goes to the device with the model

    def forward(self, x: Tensor, codes: Tensor | None = None) -> Tensor:
        """Return the network's output (B, outputs), in 32 bits at least."""
        if self.channels_last and x.dim() == 4:
            x = x.contiguous(memory_format=torch.channels_last)
        output: Tensor = self.network(x if self.input_dtype is None else x.to(self.input_dtype), codes)
        return output.float() if output.dtype.itemsize < 4 else output

    def put_channels_last(self, wanted: bool) -> None:
        """Let the channels of a pixel lie side by side in images and filters, or apart again."""
        self.channels_last = wanted
        order = torch.channels_last if wanted else torch.contiguous_format
        self.network.to(memory_format=order)  # type: ignore[call-overload]  # torch's stub leaves it out

    @abstractmethod
    def row_loss(self, output: Tensor, y: Tensor) -> Tensor:
        """Return the loss of each row (B,)."""

    def row_weight(self, y: Tensor, weight: Tensor | None) -> Tensor | None:
        """Return the weight of each row (B,) in the loss, None where all weigh the same."""
        del y
        return weight

    @abstractmethod
    def task_metrics(self, output: Tensor, y: Tensor, weight: Tensor | None) -> Mapping[str, Tensor]:
        """Return every metric of the task but the loss over all rows of a part, as scalars on the device."""

    @abstractmethod
    def seen(self, what: str, output: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return what a metric of the user's own is given: the output, prediction or probability, and its y."""

    def metrics(self, output: Tensor, y: Tensor, weight: Tensor | None) -> Mapping[str, Tensor]:
        """Return the loss, the task's metrics and the user's own over all rows of a part, scalars on the device."""
        measured = {"loss": self.mean_loss(output, y, weight), **self.task_metrics(output, y, weight)}
        for metric in self.own.metrics:
            measured[metric.name] = metric(*self.seen(metric.sees, output, y), weight)
        return measured

    def loss(self, minibatch: Minibatch) -> Tensor:
        """Return the mean loss of a minibatch and the network's penalty on its weights: what training makes small."""
        output = self(minibatch.x, minibatch.codes)
        loss = self._data_loss(output, minibatch)
        penalized = penalty(self.network)
        return loss if penalized is None else loss + penalized

    def _data_loss(self, output: Tensor, minibatch: Minibatch) -> Tensor:
        if minibatch.y_other is None or minibatch.mix is None:
            return self.mean_loss(output, minibatch.y, minibatch.weight)
        return self.mixed_loss(output, (minibatch.y, minibatch.y_other), minibatch.mix, minibatch.weight)

    def mean_loss(self, output: Tensor, y: Tensor, weight: Tensor | None) -> Tensor:
        """Return the weighted mean of the rows' losses, a scalar: the one place where rows are weighed and averaged."""
        losses = self.row_loss(output, y)
        weights = self.row_weight(y, weight)
        if weights is None:
            return losses.mean()
        return (losses * weights).sum() / weights.sum().clamp_min(1e-12)

    def mixed_loss(self, output: Tensor, ys: tuple[Tensor, Tensor], mix: Tensor, weight: Tensor | None) -> Tensor:
        """Return the weighted mean where a row counts as two, one per target; `mix` (B,) is the share of the second."""
        summed = counted = output.new_zeros(())
        for y, share in zip(ys, (1 - mix, mix), strict=True):
            weights = self.row_weight(y, weight)
            weights = share if weights is None else share * weights
            summed, counted = summed + (self.row_loss(output, y) * weights).sum(), counted + weights.sum()
        return summed / counted.clamp_min(1e-12)

    def total_weight(self, minibatch: Minibatch) -> Tensor | None:
        """Return what the mean of a minibatch is divided by, a scalar; None where that is the number of its rows."""
        weights = self.row_weight(minibatch.y, minibatch.weight)
        if weights is None or minibatch.y_other is None or minibatch.mix is None:
            return None if weights is None else weights.sum()
        others = cast(Tensor, self.row_weight(minibatch.y_other, minibatch.weight))
        return (weights * (1 - minibatch.mix) + others * minibatch.mix).sum()
