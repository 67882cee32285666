"""torch's optimizers from their configs, in the fused form where it is right."""

from collections.abc import Iterable

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from trainyard.config import schema


def build_optimizer(config: schema.Optimizer, parameters: Iterable[nn.Parameter], *, fused: bool) -> Optimizer:
    """Return the optimizer of `config`; `fused` computes a whole step in one kernel, on CPU and GPU."""
    parameters = list(parameters)
    match config:
        case schema.Adam():  # AdamW's config is one too
            kind = AdamW if isinstance(config, schema.AdamW) else Adam
            return kind(
                parameters, lr=config.lr, betas=(config.beta1, config.beta2), eps=config.eps,
                weight_decay=config.weight_decay, fused=fused,
            )  # fmt: skip
        case schema.Sgd():
            return SGD(
                parameters, lr=config.lr, momentum=config.momentum, nesterov=config.nesterov,
                weight_decay=config.weight_decay, fused=fused,
            )  # fmt: skip
    raise TypeError(f"no optimizer for {config!r}")
