"""What a layer of network=layers may have besides the arguments of its type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trainyard.config.schema.key import key

LayerValues = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Regularization:
    """A penalty on the weights of one layer, without its biases."""

    l1: float = key("times the sum of the weights' absolute values; makes weights zero", default=0.0, ge=0)
    l2: float = key("times the sum of the weights' squares; keeps weights small", default=0.0, ge=0)


@dataclass(frozen=True, kw_only=True)
class LayerKeys:
    """Keys that a layer of any type may have."""

    type: str = key("class of torch.nn, such as Linear, Conv2d, BatchNorm1d, ReLU or LSTM; or Merge or Permute")
    inputs: tuple[str, ...] = key(
        "layers whose outputs it takes, or row (all of a row as numbers), numbers, categories, categories.<column>, "
        "image; empty: the layer before it", default=())
    merge: Literal["concat", "sum", "mean", "product"] = key("how several inputs become one", default="concat")
    after: str | None = key("layer that it is put behind; empty: where it is written", default=None)
    share: str | None = key("layer whose weights it uses; type and arguments are those of that layer", default=None)
    init: str | None = key(
        "initial weights by torch.nn.init, such as orthogonal or {name: kaiming_normal, nonlinearity: relu}; empty: "
        "as the type has them", default=None)
    init_bias: str | None = key("initial biases, in the same manner", default=None)
    regularization: Regularization = key(  # noqa: RUF009  # declares a field
        "penalty on its weights, added to the training loss, such as {l2: 1e-4} or {l1: 1e-5}", factory=Regularization)
    lr_multiplier: float = key("times optimizer.lr for its weights; 0 freezes them", default=1.0, ge=0)
