"""Optimizers and schedules. Settings are numbers; a schedule is a factor on the learning rate, by step."""

from dataclasses import dataclass
from typing import Literal

from trainyard.config.schema.key import key


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """Keys that every optimizer has."""

    name: str
    lr: float = key("learning rate; the first number to tune", default=1e-3, gt=0)
    weight_decay: float = key("shrinking of the weights; against overfitting", default=0.0, ge=0)


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015); its weight decay is added to the gradient."""

    name: Literal["adam"] = "adam"
    beta1: float = key("memory of the gradient's mean", default=0.9, ge=0, lt=1)
    beta2: float = key("memory of the gradient's square", default=0.999, ge=0, lt=1)
    eps: float = key("added to the denominator", default=1e-8, gt=0)


@dataclass(frozen=True, kw_only=True)
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019)."""

    name: Literal["adamw"] = "adamw"  # type: ignore[assignment]  # narrows the name of its base
    weight_decay: float = key("shrinking of the weights per step, times lr", default=0.01, ge=0)


@dataclass(frozen=True, kw_only=True)
class Sgd(Optimizer):
    """Stochastic gradient descent."""

    name: Literal["sgd"] = "sgd"
    lr: float = key("learning rate; the first number to tune", default=0.05, gt=0)
    momentum: float = key("part of the last step kept", default=0.9, ge=0, lt=1)
    nesterov: bool = key("look ahead by the momentum; needs momentum > 0", default=True)


@dataclass(frozen=True, kw_only=True)
class NAdam(Adam):
    """Adam with Nesterov's momentum (Dozat, 2016); its weight decay is added to the gradient."""

    name: Literal["nadam"] = "nadam"  # type: ignore[assignment]  # narrows the name of its base
    lr: float = key("learning rate; the first number to tune", default=2e-3, gt=0)
    momentum_decay: float = key("how fast the momentum comes to its full strength", default=4e-3, ge=0)


@dataclass(frozen=True, kw_only=True)
class RAdam(Adam):
    """Adam that warms itself up (Liu et al., 2020); its weight decay is added to the gradient."""

    name: Literal["radam"] = "radam"  # type: ignore[assignment]  # narrows the name of its base


@dataclass(frozen=True, kw_only=True)
class Adamax(Adam):
    """Adam by the largest gradient instead of the mean square (Kingma and Ba, 2015); for sparse gradients."""

    name: Literal["adamax"] = "adamax"  # type: ignore[assignment]  # narrows the name of its base
    lr: float = key("learning rate; the first number to tune", default=2e-3, gt=0)


@dataclass(frozen=True, kw_only=True)
class RmsProp(Optimizer):
    """Steps divided by the root of the gradient's mean square (Tieleman and Hinton, 2012)."""

    name: Literal["rmsprop"] = "rmsprop"
    alpha: float = key("memory of the gradient's square", default=0.99, ge=0, lt=1)
    eps: float = key("added to the denominator", default=1e-8, gt=0)
    momentum: float = key("part of the last step kept", default=0.0, ge=0, lt=1)
    centered: bool = key("divide by the deviation of the gradient instead; steadier, and slower", default=False)


@dataclass(frozen=True, kw_only=True)
class Adagrad(Optimizer):
    """Steps that shrink with all gradients so far (Duchi et al., 2011); for rare features."""

    name: Literal["adagrad"] = "adagrad"
    lr: float = key("learning rate; the first number to tune", default=0.01, gt=0)
    lr_decay: float = key("the learning rate is divided by 1 + lr_decay * step", default=0.0, ge=0)
    eps: float = key("added to the denominator", default=1e-10, gt=0)


@dataclass(frozen=True, kw_only=True)
class Adadelta(Optimizer):
    """Steps in the units of the weights themselves (Zeiler, 2012), so that lr is near 1."""

    name: Literal["adadelta"] = "adadelta"
    lr: float = key("factor on the steps; 1 in the paper", default=1.0, gt=0)
    rho: float = key("memory of the squares of gradients and steps", default=0.9, ge=0, lt=1)
    eps: float = key("added to both squares", default=1e-6, gt=0)


@dataclass(frozen=True, kw_only=True)
class Adafactor(Optimizer):
    """Adam's squares kept as rows and columns (Shazeer and Stern, 2018); little memory for very wide layers."""

    name: Literal["adafactor"] = "adafactor"
    lr: float = key("learning rate, relative to the size of the weights", default=0.01, gt=0)
    beta2_decay: float = key("how the memory of the gradient's square grows with the step", default=-0.8, lt=0)
    clip: float = key("largest root of the mean square of a step", default=1.0, gt=0)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "adamw": AdamW, "adam": Adam, "sgd": Sgd, "nadam": NAdam, "radam": RAdam, "adamax": Adamax, "rmsprop": RmsProp,
    "adagrad": Adagrad, "adadelta": Adadelta, "adafactor": Adafactor,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Keys that every schedule has."""

    name: str
    warmup_steps: int = key("steps over which the learning rate rises from near zero to its schedule",
                            default=0, unit="steps", ge=0)


@dataclass(frozen=True, kw_only=True)
class Constant(Schedule):
    """The same learning rate throughout."""

    name: Literal["constant"] = "constant"


@dataclass(frozen=True, kw_only=True)
class Cosine(Schedule):
    """Half a cosine down to `final_factor` (Loshchilov and Hutter, 2017, without restarts)."""

    name: Literal["cosine"] = "cosine"
    final_factor: float = key("learning rate at the end, as a part of optimizer.lr", default=0.0, ge=0, le=1)


@dataclass(frozen=True, kw_only=True)
class OneCycle(Schedule):
    """Up to optimizer.lr and down again within the training (Smith and Topin, 2018), cosine both ways."""

    name: Literal["one_cycle"] = "one_cycle"
    peak_fraction: float = key("part of all steps after which the peak is reached", default=0.3, gt=0, lt=1)
    start_factor: float = key("learning rate at the start, as a part of the peak", default=0.04, gt=0, le=1)
    final_factor: float = key("learning rate at the end, as a part of the peak", default=1e-4, ge=0, le=1)


@dataclass(frozen=True, kw_only=True)
class Plateau(Schedule):
    """Lower the learning rate when training.monitor has not improved for a while."""

    name: Literal["plateau"] = "plateau"
    factor: float = key("the learning rate is multiplied by it", default=0.5, gt=0, lt=1)
    patience: int = key("validations without improvement before that", default=5, unit="validations", ge=0)
    min_factor: float = key("smallest learning rate, as a part of optimizer.lr", default=1e-3, ge=0, le=1)


@dataclass(frozen=True, kw_only=True)
class Step(Schedule):
    """Multiply the learning rate by a factor every few epochs or steps."""

    name: Literal["step"] = "step"
    every: int = key("epochs (or steps) after which the learning rate is multiplied, again and again", default=10,
                     ge=1)
    unit: Literal["epochs", "steps"] = key("what `every` counts", default="epochs")
    factor: float = key("the learning rate is multiplied by it", default=0.1, gt=0, lt=1)


@dataclass(frozen=True, kw_only=True)
class Polynomial(Schedule):
    """Down to `final_factor` by a power of the part that remains; a straight line for power 1."""

    name: Literal["polynomial"] = "polynomial"
    power: float = key("1 is a straight line; more falls early, less falls late", default=1.0, gt=0)
    final_factor: float = key("learning rate at the end, as a part of optimizer.lr", default=0.0, ge=0, le=1)


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant, "cosine": Cosine, "one_cycle": OneCycle, "plateau": Plateau, "step": Step,
    "polynomial": Polynomial,
}  # fmt: skip
