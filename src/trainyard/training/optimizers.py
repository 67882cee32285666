"""torch's optimizers from their configs, in the fastest form that is right."""

from collections.abc import Iterable
from typing import Any

from torch import nn, optim

from trainyard.config import schema


def build_optimizer(config: schema.Optimizer, parameters: Iterable[nn.Parameter], *, fused: bool) -> optim.Optimizer:
    """Return the optimizer of `config`.

    `fused` computes a whole step in one kernel, on CPU and GPU, where torch has one; Adagrad's is for the CPU alone.
    The others take all tensors at once (foreach) on a GPU, which is torch's own choice.
    """
    weights = list(parameters)
    shared: dict[str, Any] = {"lr": config.lr, "weight_decay": config.weight_decay}
    match config:
        case schema.Sgd():
            return optim.SGD(weights, momentum=config.momentum, nesterov=config.nesterov, fused=fused, **shared)
        case schema.RmsProp():
            return optim.RMSprop(
                weights, alpha=config.alpha, eps=config.eps, momentum=config.momentum, centered=config.centered,
                **shared,
            )  # fmt: skip
        case schema.Adagrad():
            on_cpu = all(weight.device.type == "cpu" for weight in weights)
            return optim.Adagrad(weights, lr_decay=config.lr_decay, eps=config.eps, fused=fused and on_cpu, **shared)
        case schema.Adadelta():
            return optim.Adadelta(weights, rho=config.rho, eps=config.eps, **shared)
        case schema.Adafactor():
            return optim.Adafactor(weights, beta2_decay=config.beta2_decay, d=config.clip, **shared)
        case schema.Adam():  # and those whose configs are one too
            return _adam(config, weights, fused, {"betas": (config.beta1, config.beta2), "eps": config.eps, **shared})
    raise TypeError(f"no optimizer for {config!r}")


def _adam(config: schema.Adam, weights: list[nn.Parameter], fused: bool, settings: dict[str, Any]) -> optim.Optimizer:
    match config:
        case schema.NAdam():
            return optim.NAdam(weights, momentum_decay=config.momentum_decay, **settings)
        case schema.RAdam():
            return optim.RAdam(weights, **settings)
        case schema.Adamax():
            return optim.Adamax(weights, **settings)
        case schema.AdamW():
            return optim.AdamW(weights, fused=fused, **settings)
    return optim.Adam(weights, fused=fused, **settings)
