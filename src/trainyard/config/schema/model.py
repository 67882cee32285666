"""Models (what is predicted, with which loss) and networks (how)."""

from dataclasses import dataclass
from typing import Literal

from trainyard.config.schema.key import key


@dataclass(frozen=True, kw_only=True)
class AutoModel:
    """Classifier or regressor, chosen from the target."""

    name: Literal["auto"] = "auto"


@dataclass(frozen=True, kw_only=True)
class Classifier:
    """Predicts one of several classes; labels of any type."""

    name: Literal["classifier"] = "classifier"
    loss: Literal["cross_entropy"] = key("loss per row", default="cross_entropy")
    label_smoothing: float = key("probability moved from the true class to all classes; against overconfidence",
                                 default=0.0, ge=0, lt=1)
    class_weights: Literal["none", "balanced"] = key("balanced weighs each class by 1 / its frequency", default="none")


@dataclass(frozen=True, kw_only=True)
class Regressor:
    """Predicts one or several continuous numbers; targets are standardised inside, metrics are in original units."""

    name: Literal["regressor"] = "regressor"
    loss: Literal["mse", "mae", "huber"] = key("loss per row, on standardised targets; mae and huber bear outliers",
                                               default="mse")
    huber_delta: float = key("error at which huber turns from square to linear", default=1.0,
                             unit="standard deviations of the target", gt=0)


MODELS: dict[str, type] = {"auto": AutoModel, "classifier": Classifier, "regressor": Regressor}


@dataclass(frozen=True, kw_only=True)
class Network:
    """Keys that every network has."""

    name: str
    embedding_size: int | None = key("numbers learned per category of an embedded column; empty: by its categories",
                                     default=None, ge=1)


@dataclass(frozen=True, kw_only=True)
class Linear(Network):
    """One linear layer: logistic or linear regression."""

    name: Literal["linear"] = "linear"


@dataclass(frozen=True, kw_only=True)
class Mlp(Network):
    """Fully connected layers."""

    name: Literal["mlp"] = "mlp"
    hidden: tuple[int, ...] = key("width of each hidden layer", default=(256,), unit="units", ge=1)
    activation: Literal["relu", "gelu", "silu", "tanh", "elu", "leaky_relu"] = key("after each hidden layer",
                                                                                 default="relu")
    dropout: float = key("part of the units dropped in training; against overfitting", default=0.0, ge=0, lt=1)
    normalization: Literal["none", "batch", "layer"] = key("between a layer and its activation; for deep networks",
                                                           default="none")
    residual: bool = key("add a layer's input to its output where widths are equal; for deep networks", default=False)


NETWORKS: dict[str, type[Network]] = {"linear": Linear, "mlp": Mlp}
