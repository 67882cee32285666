"""The fast stepper for a CUDA GPU: what a minibatch asks of the device is one launch, by captured graphs."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from trainyard.data.rows import Minibatch
from trainyard.models import Model
from trainyard.training.accelerator import Device
from trainyard.training.capture import capture
from trainyard.training.flat_stepper import FlatStepper
from trainyard.training.member import Member
from trainyard.training.recording import random_state, set_random_state
from trainyard.training.schedule import Length
from trainyard.training.stepper import learning_rate

CAPTURE_AFTER = 2  # updates: the first one of SGD is another than those to come

Key = tuple[int, int, bool, bool]  # rows, minibatches of the group, whether it is the first of it, whether the last


class GraphStepper(FlatStepper):
    """Captures the step of each shape of minibatch whose pass was recorded; others go operator by operator.

    What could be recorded has no modules, no autograd and no decisions left, and lies in memory that stays. Shapes that
    are rare (the last minibatch of an epoch) are not recorded. A capture that fails, or that does not give the bits of
    the same step done operator by operator, is not taken, nor tried again. The learning rate is a number on the device
    in each step, captured or not.
    """

    def __init__(
        self, model: Model, member: Member, device: Device, length: Length,
        expected: Mapping[int, float] | None = None,
    ):  # fmt: skip
        super().__init__(model, member, device, length, expected)
        self._captured: dict[Key, Callable[[Minibatch], Tensor] | None] = {}
        self._rate_of_device = torch.zeros((), device=device.torch)
        self._rate_before: float | None = None

    @torch.no_grad()
    def step(self, minibatch: Minibatch, group: int, closes: bool) -> Tensor:
        """See Stepper."""
        key = (minibatch.rows, group, self._passes == 0, closes)
        if key not in self._captured and self._may_be_captured(minibatch.rows):
            self._captured[key] = self._capture(minibatch, group, closes)
        replay = self._captured.get(key)
        if replay is None:
            return super().step(minibatch, group, closes)
        if closes:
            self._rate()
        loss = replay(minibatch)
        self.optimizer.count += closes
        self._count(closes)
        return loss

    def _rate(self) -> Tensor:
        """Bring the learning rate of the step to come to the device."""
        if (rate := learning_rate(self.member, self.length)) != self._rate_before:
            self._rate_before = rate
            self._rate_of_device.fill_(rate)
        return self._rate_of_device

    def _may_be_captured(self, rows: int) -> bool:
        return self._recorded.get(rows) is not None and self.optimizer.count >= CAPTURE_AFTER

    def _capture(self, minibatch: Minibatch, group: int, closes: bool) -> Callable[[Minibatch], Tensor] | None:
        """Return what does the work of such minibatches, from memory of its own that they are copied to."""
        place = Minibatch(*(None if field is None else field.clone() for field in minibatch))  # type: ignore[arg-type]
        count, rate = self.optimizer.count, self._rate() if closes else None
        touched = [self.flat.rows, *self.model.network.buffers(), *self.optimizer.steps]
        restore = self._keep(touched)

        def work() -> Tensor:
            return self._work(place, group, rate)

        graph = capture(work, self.device.torch, restore)
        if graph is not None and not _are_the_same(graph, work, touched, restore):
            graph = None
        self.optimizer.count = count
        if graph is None:
            return None

        def replay(minibatch: Minibatch) -> Tensor:
            for own, given in zip(place, minibatch, strict=True):
                if own is not None and given is not None:
                    own.copy_(given)
            return graph()

        return replay

    def _keep(self, touched: Sequence[Tensor]) -> Callable[[], None]:
        """Return what brings back all that a step writes, and the generator, as they are now."""
        kept = [tensor.clone() for tensor in touched]
        random = random_state(self.device.torch)

        def restore() -> None:
            for tensor, before in zip(touched, kept, strict=True):
                tensor.copy_(before)
            set_random_state(self.device.torch, random)

        return restore


def _are_the_same(
    replay: Callable[[], Tensor], work: Callable[[], Tensor], touched: Sequence[Tensor], restore: Callable[[], None]
) -> bool:
    """Whether a replay leaves the bits that the work does; all is brought back after each."""
    loss = replay()
    after = [tensor.clone() for tensor in touched]
    restore()
    same = torch.equal(loss, work()) and all(map(torch.equal, touched, after))
    restore()
    return same
