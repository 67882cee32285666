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


OPTIMIZERS: dict[str, type[Optimizer]] = {"adamw": AdamW, "adam": Adam, "sgd": Sgd}


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


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant, "cosine": Cosine, "one_cycle": OneCycle, "plateau": Plateau,
}  # fmt: skip
