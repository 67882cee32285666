"""Models (what is predicted, with which loss) and networks (how)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trainyard.config.schema.key import key
from trainyard.config.schema.layers import LayerValues

Activation = Literal["relu", "gelu", "silu", "tanh", "elu", "leaky_relu"]


@dataclass(frozen=True, kw_only=True)
class AutoModel:
    """Classifier or regressor, chosen from the target."""

    name: Literal["auto"] = "auto"


@dataclass(frozen=True, kw_only=True)
class ExtraMetric:
    """A metric of one's own."""

    _target_: str = key("the function, as package.module.name; it takes output, prediction or probability, then y")
    direction: Literal["min", "max"] = key("whether less or more of it is better", default="max")
    arguments: Mapping[str, Any] = key("further arguments of the function, by name", factory=dict)


@dataclass(frozen=True, kw_only=True)
class Model:
    """Keys that a classifier and a regressor share."""

    name: str
    loss: str
    loss_target: str | None = key(
        "your own loss for loss=custom, as package.module.name: a function of (output, y) that gives a loss per row",
        default=None,
    )
    loss_arguments: Mapping[str, Any] = key("further arguments of your own loss, by name", factory=dict)
    extra_metrics: Mapping[str, ExtraMetric] = key("metrics of your own, by name", factory=dict,
                                                   example="{gini: {_target_: mine.gini, direction: max}}")


@dataclass(frozen=True, kw_only=True)
class Classifier(Model):
    """Predicts one of several classes; labels of any type."""

    name: Literal["classifier"] = "classifier"
    loss: Literal["cross_entropy", "focal", "custom"] = key(
        "loss per row; focal looks at the rows that are still wrong (Lin et al., 2017)", default="cross_entropy")
    focal_gamma: float = key("how little focal looks at rows that are right already; 0 is cross entropy", default=2.0,
                             ge=0)
    label_smoothing: float = key("probability moved from the true class to all classes; against overconfidence",
                                 default=0.0, ge=0, lt=1)
    class_weights: Literal["none", "balanced"] = key("balanced weighs each class by 1 / its frequency", default="none")
    calibrate: bool = key(
        "fit a temperature on the validation part after training, so that probabilities are as sure as they are right",
        default=False,
    )


@dataclass(frozen=True, kw_only=True)
class Regressor(Model):
    """Predicts one or several continuous numbers; targets are standardised inside, metrics are in original units."""

    name: Literal["regressor"] = "regressor"
    loss: Literal["mse", "mae", "huber", "quantile", "custom"] = key(
        "loss per row, on standardised targets; mae and huber bear outliers, quantile gives intervals", default="mse")
    huber_delta: float = key("error at which huber turns from square to linear", default=1.0,
                             unit="standard deviations of the target", gt=0)
    quantiles: tuple[float, ...] = key(
        "what loss=quantile predicts, rising; the outer two make the interval, the one nearest 0.5 the prediction",
        default=(0.05, 0.5, 0.95), gt=0, lt=1,
    )
    target_transform: Literal["none", "log", "log1p", "box_cox"] = key(
        "before targets are standardised; log and box_cox for skewed positive ones, log1p where there are zeros",
        default="none",
    )


MODELS: dict[str, type] = {"auto": AutoModel, "classifier": Classifier, "regressor": Regressor}


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network; what it is made of."""

    name: str


@dataclass(frozen=True, kw_only=True)
class EmbeddingNetwork(Network):
    """Keys of the networks that learn embeddings of categories."""

    embedding_size: int | None = key("numbers learned per category of an embedded column; empty: by its categories",
                                     default=None, ge=1)


@dataclass(frozen=True, kw_only=True)
class Linear(EmbeddingNetwork):
    """One linear layer: logistic or linear regression."""

    name: Literal["linear"] = "linear"


@dataclass(frozen=True, kw_only=True)
class Mlp(EmbeddingNetwork):
    """Fully connected layers."""

    name: Literal["mlp"] = "mlp"
    hidden: tuple[int, ...] = key("width of each hidden layer", default=(256,), unit="units", ge=1)
    activation: Activation = key("after each hidden layer", default="relu")  # noqa: RUF009  # declares a field
    dropout: float = key("part of the units dropped in training; against overfitting", default=0.0, ge=0, lt=1)
    normalization: Literal["none", "batch", "layer"] = key("between a layer and its activation; for deep networks",
                                                           default="none")
    residual: bool = key("add a layer's input to its output where widths are equal; for deep networks", default=False)


@dataclass(frozen=True, kw_only=True)
class Cnn(EmbeddingNetwork):
    """A small convolutional network for images: blocks of convolution, normalization, activation and pooling."""

    name: Literal["cnn"] = "cnn"
    widths: tuple[int, ...] = key("channels of each block; each halves the image", default=(32, 64), unit="channels",
                                  ge=1)
    kernel: int = key("side of the filters, odd", default=3, unit="pixels", ge=1)
    activation: Activation = key("after each convolution and hidden layer", default="relu")  # noqa: RUF009  # a field
    normalization: Literal["none", "batch"] = key("between a convolution and its activation", default="batch")
    dropout: float = key("part of the units dropped before each layer of the head; against overfitting", default=0.0,
                         ge=0, lt=1)
    pooling: Literal["flatten", "average"] = key(
        "how the last feature maps become a row: flatten keeps where things are, average serves large images",
        default="flatten",
    )
    hidden: tuple[int, ...] = key("width of each hidden layer of the head", default=(128,), unit="units", ge=1)


@dataclass(frozen=True, kw_only=True)
class ResNet(EmbeddingNetwork):
    """A residual network for small images, in the form of ResNet-9 (Page, 2018; He et al., 2016)."""

    name: Literal["resnet"] = "resnet"
    widths: tuple[int, ...] = key(
        "channels of the first layer and of each stage after it; a stage halves the image, every other one is residual",
        default=(64, 128, 256, 512), unit="channels", ge=1,
    )
    dropout: float = key("part of the units dropped before the last layer; against overfitting", default=0.0, ge=0,
                         lt=1)


@dataclass(frozen=True, kw_only=True)
class Custom(Network):
    """A network of one's own, a torch.nn.Module from a package that `trusted` names."""

    name: Literal["custom"] = "custom"
    _target_: str = key("the class, as package.module.Class; it may take inputs (their shapes) and outputs (how many)")
    arguments: Mapping[str, Any] = key("further arguments of the class, by name", factory=dict)


@dataclass(frozen=True, kw_only=True)
class Layers(EmbeddingNetwork):
    """Layers put together in the config, by name; the sizes of their inputs follow from what they take."""

    name: Literal["layers"] = "layers"
    layers: Mapping[str, LayerValues] = key(
        "the layers by name, in their order; the one named output comes last, whatever its place, and has the size of "
        "the task; it is a Linear where it is not given",
        factory=lambda: {
            "dense1": {"type": "Linear", "out_features": 256}, "activation1": {"type": "ReLU"},
            "output": {"type": "Linear"},
        },
        example="{dense1: {type: Linear, out_features: 64}}",
    )  # fmt: skip


NETWORKS: dict[str, type[Network]] = {
    "linear": Linear, "mlp": Mlp, "cnn": Cnn, "resnet": ResNet, "layers": Layers, "custom": Custom,
}  # fmt: skip
