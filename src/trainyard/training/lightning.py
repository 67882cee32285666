"""A model as Lightning drives it."""

from collections.abc import Callable
from typing import Any

from torch.optim import Optimizer

from trainyard.models import Model
from trainyard.training.lightning_library import pl


class LightningModel(pl.LightningModule):
    """A model in Lightning's hands. A step of Lightning carries a block of minibatches, which `train_block` works off.

    `make_optimizer` gives the optimizer, None where the stepper has one of its own; `before_update` does what has to be
    done to gradients before they move the weights.
    """

    train_block: Callable[[Any], None]
    make_optimizer: Callable[[], Optimizer | None]
    before_update: Callable[[Optimizer], None] | None = None

    def __init__(self, model: Model):
        super().__init__()
        self.automatic_optimization = False
        self.model = model

    def training_step(self, block: Any, block_index: int) -> None:  # noqa: ARG002  # Lightning's signature
        """Train on a block of minibatches."""
        self.train_block(block)

    def on_before_optimizer_step(self, optimizer: Optimizer) -> None:
        """Call what was to be called before an update."""
        if self.before_update is not None:
            self.before_update(optimizer)

    def configure_optimizers(self) -> Optimizer | None:
        """Return the optimizer that training has chosen."""
        return self.make_optimizer()
