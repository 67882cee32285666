"""How the forward and backward passes of a training compute: settled by what was asked for and by the machine."""

import contextlib
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from trainyard.config.schema import Classifier, Config, Custom
from trainyard.training.products import WORTH, OneDnnProducts, are_faster

BF16_FROM = 1e8  # operations of a step from which products in bf16 save more than it costs to turn numbers into bf16


@dataclass(frozen=True)
class Passes:
    """Whether passes multiply in bf16, or by oneDNN, and whether the channels of an image lie together in memory.

    Only the passes of training do: weights, their updates, validation, test and predictions have 32 bits.
    """

    bf16: bool = False
    one_dnn: bool = False
    channels_last: bool = False

    def context(self) -> AbstractContextManager[object]:
        """Return the context in which a forward pass on the CPU runs in this way."""
        if self.bf16:
            return torch.autocast("cpu", dtype=torch.bfloat16)
        return OneDnnProducts() if self.one_dnn else contextlib.nullcontext()

    def notes(self) -> tuple[str, ...]:
        """Return what a person should know of it."""
        if not self.bf16:
            return ()
        return ("training multiplies in bf16, twice as fast here; weights, validation, test and predictions have 32 "
                "bits. accelerator.precision=32 turns that off",)  # fmt: skip


PLAIN = Passes()


def choose_passes(config: Config, device: torch.device, *, fast: bool, step_flops: float, convolves: bool) -> Passes:
    """Return how a training on `device` computes its passes, `fast` where its engine is the fast one.

    By itself it does what costs no accuracy, and what was measured (docs/performance.md): on a CPU, with networks and
    losses of Trainyard. A classifier's output is a choice, for which products in bf16 do; a regressor's is not.
    """
    precision, layout = config.accelerator.precision, config.accelerator.layout
    on_cpu, custom = device.type == "cpu", isinstance(config.network, Custom)
    channels_last = convolves and (layout == "channels_last" or (layout == "auto" and on_cpu and not custom))
    if not (fast and on_cpu) or config.training.compile:
        return Passes(channels_last=channels_last)
    choosing = isinstance(config.model, Classifier) and config.model.loss != "custom" and not custom
    bf16 = precision == "auto" and choosing and step_flops >= BF16_FROM and multiplies_bf16()
    exact = precision in ("auto", "32") and not bf16
    return Passes(bf16, exact and step_flops >= 6 * WORTH and are_faster(), channels_last)


def multiplies_bf16() -> bool:
    """Whether this processor multiplies numbers of 16 bits in hardware."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
