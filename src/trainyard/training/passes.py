"""How the forward and backward passes of a training compute: settled by what was asked for and by the machine."""

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass

import torch

from trainyard.config.schema.augment import Augment
from trainyard.config.schema.model import Classifier, Cnn, Custom, Linear, Mlp, ResNet
from trainyard.config.schema.run import Config
from trainyard.networks import Inputs
from trainyard.networks.table import Layer
from trainyard.training.products import WORTH, OneDnnProducts, SmallIn32, are_faster

BF16_FROM = 1e8  # operations of a step from which products in bf16 save more than it costs to turn numbers into bf16
BF16_FROM_OF_IMAGES = 4e8  # the same where there are convolutions, which gain less
PRODUCTS = 6  # of a step, two a multiplication: forward, to the inputs and to the weights


@dataclass(frozen=True)
class Passes:
    """Whether passes multiply in bf16, whether what has 32 bits is multiplied by oneDNN, and whether the channels of an
    image lie together in memory.

    Weights, their updates, validation, test and predictions have 32 bits; test and predictions are plain in all else.
    """

    bf16: bool = False
    one_dnn: bool = False
    channels_last: bool = False

    def context(self) -> AbstractContextManager[object]:
        """Return the context in which a forward pass on the CPU runs in this way."""
        if self.bf16:
            return _bf16()
        return self.validation()

    def validation(self) -> AbstractContextManager[object]:
        """Return the context in which rows are validated on the CPU."""
        return OneDnnProducts() if self.one_dnn else contextlib.nullcontext()

    def named(self) -> list[str]:
        """Return the names of what is on."""
        return [name for name, on in asdict(self).items() if on]

    def notes(self) -> tuple[str, ...]:
        """Return a sentence on what a person did not ask for and should know of."""
        if not self.bf16:
            return ()
        return ("accelerator.precision=auto: training multiplies in bf16, which is faster here; weights, validation, "
                "test and predictions have 32 bits",)  # fmt: skip


@contextlib.contextmanager
def _bf16() -> Iterator[None]:
    with torch.autocast("cpu", dtype=torch.bfloat16), SmallIn32():
        yield


PLAIN = Passes()


def choose_passes(config: Config, device: torch.device, *, fast: bool, step_flops: float, convolves: bool) -> Passes:
    """Return how a training on `device` computes its passes, `fast` where its engine is the fast one.

    Where nothing was asked for it does what costs no accuracy, and what was measured (docs/performance.md): on a CPU,
    with networks and losses of Trainyard. A classifier's output is a choice, for which products in bf16 do; a
    regressor's is not.
    """
    by_itself = config.accelerator.precision == "auto" and fast and device.type == "cpu" and not config.training.compile
    custom, layout = isinstance(config.network, Custom), config.accelerator.layout
    channels_last = convolves and (layout == "channels_last" or (layout == "auto" and by_itself and not custom))
    if not by_itself:
        return Passes(channels_last=channels_last)
    choosing = isinstance(config.model, Classifier) and config.model.loss != "custom" and not custom
    bf16 = choosing and step_flops >= (BF16_FROM_OF_IMAGES if convolves else BF16_FROM) and multiplies_bf16()
    return Passes(bf16, step_flops >= PRODUCTS * WORTH and are_faster(), channels_last)


def multiplies_bf16_at_once(
    config: Config, passes: Passes, inputs: Inputs, layers: Sequence[Layer], smallest: int
) -> bool:
    """Whether rows are multiplied in bf16 before anything else is done with them, also `smallest` of them.

    Then they may be bf16 from the start: half the memory, less to gather, and the same numbers.
    """
    unchanged = config.dataset.augment == Augment() and not inputs.category_sizes
    first = next((layer for layer in layers if layer.multiplications), None)
    if not passes.bf16 or not unchanged or first is None or not isinstance(config.network, (Linear, Mlp, Cnn, ResNet)):
        return False
    if isinstance(config.network, Mlp) and config.network.residual and first.shape[0] == inputs.numeric:
        return False  # the rows are added to what comes of them
    weights = first.parameters - first.shape[0]
    return first.kind.startswith("Conv2d") or smallest * weights >= WORTH


def multiplies_bf16() -> bool:
    """Whether this processor multiplies numbers of 16 bits in hardware, by a torch that can say so."""
    asked = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, name, bool)()) for name in asked)
