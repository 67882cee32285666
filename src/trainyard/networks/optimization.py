"""What a network may ask of its training: other learning rates for some of its weights, and a penalty on them."""

from torch import Tensor, nn


def parameter_groups(network: nn.Module) -> list[tuple[list[nn.Parameter], float]]:
    """Return the parameters to train, in groups, each with the multiplier of its learning rate.

    A network says so by a method `parameter_groups` of its own; else all its parameters learn at the same rate.
    """
    own = getattr(network, "parameter_groups", None)
    return own() if own is not None else [(list(network.parameters()), 1.0)]


def penalty(network: nn.Module) -> Tensor | None:
    """Return what a network adds to the loss of each minibatch, a scalar; None where it adds nothing.

    A network says so by a method `penalty` of its own.
    """
    own = getattr(network, "penalty", None)
    return own() if own is not None else None
