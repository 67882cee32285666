"""Rules about network and model: layers, losses and their settings, and the code of one's own that they name."""

import re
from collections.abc import Iterator
from itertools import pairwise

from trainyard.config.metric_names import METRICS, QUANTILE_METRICS, TOLD
from trainyard.config.rules.rule import Clashes, clash, rule, setting
from trainyard.config.schema.model import AutoModel, Classifier, Cnn, Custom, Mlp, Regressor, ResNet
from trainyard.config.schema.run import Config
from trainyard.config.trusted import target_fault

# keys of a model that only some of its losses use, with those losses
LOSS_SETTINGS = {
    "focal_gamma": ("focal",), "label_smoothing": ("cross_entropy",), "huber_delta": ("huber",),
    "quantiles": ("quantile",), "loss_target": ("custom",), "loss_arguments": ("custom",),
}  # fmt: skip


@rule
def _network_has_layers(config: Config) -> Clashes:
    network = config.network
    if isinstance(network, Mlp) and not network.hidden:
        yield clash("network.hidden=[]: names no layer; take network=linear for none", "network.hidden")
    if isinstance(network, Cnn | ResNet) and not network.widths:
        yield clash("network.widths=[]: names no layer; take network=linear for none", "network.widths")
    elif isinstance(network, ResNet) and len(network.widths) == 1:
        yield clash(f"{setting('network.widths', network.widths)}: needs two numbers or more, for the first layer and "
                     "a stage", "network.widths")  # fmt: skip
    if isinstance(network, Cnn) and network.kernel % 2 == 0:
        yield clash(f"network.kernel={network.kernel}: must be odd, so that a filter has a middle", "network.kernel")


@rule
def _batches_can_be_normalized(config: Config) -> Clashes:
    network = config.network
    normalizes = isinstance(network, ResNet) or getattr(network, "normalization", None) == "batch"
    if normalizes and config.training.batch_size == 1:
        what = "network=resnet" if isinstance(network, ResNet) else "network.normalization=batch"
        yield clash(f"{what}: needs two rows in a minibatch, but training.batch_size=1",
                     "network.normalization", "training.batch_size")  # fmt: skip


@rule
def _loss_uses_its_settings(config: Config) -> Clashes:
    model = config.model
    if isinstance(model, AutoModel):
        return
    for name, losses in LOSS_SETTINGS.items():
        if model.loss not in losses and getattr(model, name, None) != getattr(type(model)(), name, None):
            yield clash(
                f"{setting(f'model.{name}', getattr(model, name))}: is only used with model.loss={losses[0]}, not "
                f"{model.loss}", f"model.{name}", "model.loss")
    if model.loss == "custom" and model.loss_target is None:
        yield clash("model.loss=custom: needs model.loss_target=package.module.name", "model.loss", "model.loss_target")


@rule
def _quantiles_rise(config: Config) -> Clashes:
    model = config.model
    if not isinstance(model, Regressor):
        return
    shown = setting("model.quantiles", model.quantiles)
    if not model.quantiles:
        yield clash(f"{shown}: names no quantile", "model.quantiles")
    if any(low >= high for low, high in pairwise(model.quantiles)):
        yield clash(f"{shown}: must rise from each to the next", "model.quantiles")


@rule
def _extra_metrics_have_names_of_their_own(config: Config) -> Clashes:
    if isinstance(config.model, AutoModel):
        return
    task = "classification" if isinstance(config.model, Classifier) else "regression"
    for name in config.model.extra_metrics:
        path = f"model.extra_metrics.{name}"
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            yield clash(f"{path}: a metric's name has small letters, digits and _ only", path)
        elif name in {*METRICS[task], *QUANTILE_METRICS, *TOLD}:
            yield clash(f"{path}: there is a metric {name} already; choose another name", path)


@rule
def _own_code_is_trusted(config: Config) -> Clashes:
    for key, name in own_code(config):
        fault = target_fault(name, config.trusted, key)
        if fault is not None:
            yield clash(fault, key, "trusted")


def own_code(config: Config) -> Iterator[tuple[str, str]]:
    """Yield each key that names code of the user's own, with what it names."""
    if isinstance(config.network, Custom):
        yield "network._target_", config.network._target_
    if not isinstance(config.model, AutoModel):
        if config.model.loss_target is not None and config.model.loss == "custom":
            yield "model.loss_target", config.model.loss_target
        for name, metric in config.model.extra_metrics.items():
            yield f"model.extra_metrics.{name}._target_", metric._target_
