"""torch's optimizers from their configs, in the fastest form that is right."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn, optim
from torch.optim.optimizer import ParamsT

from trainyard.config.schema import optimization as schema
from trainyard.networks.optimization import parameter_groups

MULTIPLIER = "lr_multiplier"  # of a group of parameters, times the learning rate


def build_optimizer(config: schema.Optimizer, parameters: ParamsT, *, fused: bool) -> optim.Optimizer:
    """Return the optimizer of `config` over parameters, or over groups of them as `optimizer_groups` gives them.

    `fused` computes a whole step in one kernel, on CPU and GPU, where torch has one; Adagrad's is for the CPU alone.
    The others take all tensors at once (foreach) on a GPU, which is torch's own choice.
    """
    weights: list[Any] = list(parameters)
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
            on_cpu = all(tensor.device.type == "cpu" for tensor in _tensors(weights))
            return optim.Adagrad(weights, lr_decay=config.lr_decay, eps=config.eps, fused=fused and on_cpu, **shared)
        case schema.Adadelta():
            return optim.Adadelta(weights, rho=config.rho, eps=config.eps, **shared)
        case schema.Adafactor():
            return optim.Adafactor(weights, beta2_decay=config.beta2_decay, d=config.clip, **shared)
        case schema.Adam():  # and those whose configs are one too
            return _adam(config, weights, fused, {"betas": (config.beta1, config.beta2), "eps": config.eps, **shared})
    raise TypeError(f"no optimizer for {config!r}")


def optimizer_groups(network: nn.Module) -> list[dict[str, Any]]:
    """Return the network's parameters in torch's groups, each with the multiplier of its learning rate."""
    return [{"params": group, MULTIPLIER: multiplier} for group, multiplier in parameter_groups(network)]


def multipliers_by_name(network: nn.Module) -> dict[str, float]:
    """Return the multiplier of the learning rate by parameter, where it is not 1."""
    multipliers = {id(parameter): multiplier for group, multiplier in parameter_groups(network) for parameter in group}
    named = {name: multipliers.get(id(parameter), 1.0) for name, parameter in network.named_parameters()}
    return {name: multiplier for name, multiplier in named.items() if multiplier != 1}


def set_learning_rate(optimizer: optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every group of an optimizer, times its multiplier."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get(MULTIPLIER, 1.0)

def _tensors(weights: list[Any]) -> Iterable[Tensor]:
    for each in weights:
        yield from each["params"] if isinstance(each, dict) else [each]


def _adam(config: schema.Adam, weights: list[Any], fused: bool, settings: dict[str, Any]) -> optim.Optimizer:
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
