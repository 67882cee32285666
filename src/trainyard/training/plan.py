"""What a run is going to do, settled and checked before anything of it is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from trainyard.config.schema.model import AutoModel, Classifier, Regressor
from trainyard.config.schema.run import Config, Training
from trainyard.data.augment import Augmentation
from trainyard.data.minibatches import Minibatches, minibatch_count, minibatch_sizes, row_order
from trainyard.data.pixels import pixel_scale
from trainyard.data.prepared import Part, Prepared
from trainyard.data.rows import Rows, open_rows
from trainyard.data.target_units import TargetUnits
from trainyard.errors import ConfigError, NetworkError
from trainyard.models import Model, make_model
from trainyard.models.check_own import check_own
from trainyard.models.classification_metrics import TOP
from trainyard.networks import Inputs, check_network, seeded_network
from trainyard.networks.layers.repeatable import check_repeatable
from trainyard.networks.table import Layer, layer_table
from trainyard.training.accelerator import SMALL_STEP_FLOPS, Device, open_device
from trainyard.training.engine import Engine, choose_engine
from trainyard.training.limits import free_memory
from trainyard.training.passes import choose_passes, multiplies_bf16_at_once
from trainyard.training.schedule import Length


@dataclass(frozen=True)
class Plan:
    """One run: its config with the model settled, its data, its device and its length in steps."""

    config: Config
    prepared: Prepared
    device: Device
    inputs: Inputs
    outputs: int
    layers: tuple[Layer, ...]
    parameters: int
    minibatches: int
    steps_per_epoch: int
    total_steps: int | None
    engine: Engine
    notes: tuple[str, ...] = ()  # for a person, on how it is going to be trained

    @property
    def length(self) -> Length:
        """The length of the training in steps."""
        return Length(self.total_steps, self.steps_per_epoch)

    def build_model(self) -> Model:
        """Return the model with its seeded initial weights."""
        config = self.config
        network = seeded_network(config.network, self.inputs, self.outputs, config.seed, config.trusted)
        return wrap_network(network, self.config, self.prepared)

    def open_training(self) -> Minibatches:
        """Return the training rows on the device, cut into minibatches."""
        training, part, seed = self.config.training, self._train_part(), self.config.seed
        overfit = training.overfit_batches is not None
        sizes = minibatch_sizes(len(part.y), training.batch_size)
        coarse = multiplies_bf16_at_once(self.config, self.device.passes, self.inputs, self.layers, min(sizes))
        rows = self._open(part, torch.bfloat16 if coarse else None)
        augment = None if overfit else Augmentation.of(self.config.dataset.augment, rows, seed)
        return Minibatches(rows, training.batch_size, seed, limit=training.limit_batches, augment=augment)

    def open_validation(self) -> Rows:
        """Return the validation rows on the device: the training rows themselves where a run is to overfit them."""
        overfit = self.config.training.overfit_batches is not None
        return self._open(self._train_part() if overfit else self.prepared.val)

    def open_test(self) -> Rows:
        """Return the test rows on the device."""
        return self._open(self.prepared.test)

    def _train_part(self) -> Part:
        training, part = self.config.training, self.prepared.train
        if training.overfit_batches is None:
            return part
        kept = row_order(len(part.y), self.config.seed, 0)[: training.overfit_batches * training.batch_size].numpy()
        weight = None if part.weight is None else part.weight[kept]
        return Part(x=part.x[kept], codes=part.codes[kept], y=part.y[kept], weight=weight, rows=part.rows[kept])

    def _open(self, part: Part, dtype: torch.dtype | None = None) -> Rows:
        prepared = self.prepared
        return open_rows(
            part, self.device.torch, image_shape=prepared.image_shape, scale=pixel_scale(prepared.preprocessing),
            resident_bytes=self.device.resident_bytes(), dtype=dtype, memory_bytes=free_memory(),
        )  # fmt: skip


def plan_run(config: Config, prepared: Prepared, device: torch.device) -> Plan:
    """Return the plan of a run.

    Raises ConfigError where code of the user's own does not do what it has to, and NetworkError where the network does
    not fit the data or the memory.
    """
    config = settle_model(config, prepared)
    engine = choose_engine(config)
    names = tuple(prepared.preprocessing.get("embedded", ()))
    inputs = Inputs(prepared.numeric, prepared.category_sizes, prepared.image_shape, names)
    outputs = count_outputs(config, prepared)
    _check_monitor(config, prepared)
    check_own(wrap_network(nn.Identity(), config, prepared), outputs)
    opened = open_device(config.accelerator, device, 0.0)
    parameters = check_network(config.network, inputs, outputs, opened.free_memory(), config.trusted)
    if device.type == "cuda":
        check_repeatable(config.network)
    layers = layer_table(config.network, inputs, outputs, config.trusted)
    _check_batches(config, prepared, layers)
    multiplications = max(parameters, sum(layer.multiplications for layer in layers))
    flops = 6.0 * multiplications * config.training.batch_size
    convolves = any(layer.kind.startswith("Conv2d") for layer in layers)
    passes = choose_passes(config, device, fast=engine == "fast", step_flops=flops, convolves=convolves)
    opened = replace(open_device(config.accelerator, device, flops), passes=passes)
    notes = check_sharing(config, opened, flops)
    minibatches = _count_minibatches(config.training, len(prepared.train.y))
    steps_per_epoch = -(-minibatches // config.training.accumulate)
    lengths = [config.training.max_steps]
    if config.training.max_epochs is not None:
        lengths.append(config.training.max_epochs * steps_per_epoch)
    total_steps = min((length for length in lengths if length is not None), default=None)
    return Plan(
        config, prepared, opened, inputs, outputs, tuple(layers), parameters, minibatches, steps_per_epoch, total_steps,
        engine, notes,
    )


def check_sharing(config: Config, device: Device, step_flops: float) -> tuple[str, ...]:
    """Return a note where processes that share the work cost more than they save.

    Raises ConfigError where some of them would have no rows.
    """
    processes = device.processes * device.nodes
    if device.sharing == "alone":
        return ()
    if config.training.batch_size < processes:
        raise ConfigError(f"training.batch_size={config.training.batch_size}: is fewer rows than the {processes} "
                          "processes that share a minibatch; raise it, or take fewer processes.")  # fmt: skip
    if step_flops < SMALL_STEP_FLOPS:
        return ("a network of this size trains several times faster in one process; take accelerator=auto",)
    return ()


def settle_model(config: Config, prepared: Prepared) -> Config:
    """Return the config with model=auto replaced by what the target asks for."""
    if not isinstance(config.model, AutoModel):
        return config
    return replace(config, model=Classifier() if prepared.task == "classification" else Regressor())


def count_outputs(config: Config, prepared: Prepared) -> int:
    """Return how many numbers the network gives per row: one a class or a target, or one a quantile of a target."""
    if prepared.classes is not None:
        return len(prepared.classes)
    quantiles = isinstance(config.model, Regressor) and config.model.loss == "quantile"
    return len(prepared.targets) * (len(config.model.quantiles) if quantiles else 1)  # type: ignore[union-attr]


def wrap_network(network: nn.Module, config: Config, prepared: Prepared) -> Model:
    """Return the model of the config around a network."""
    if isinstance(config.model, AutoModel):
        raise TypeError("the model is not settled")
    return make_model(
        network, config.model, class_counts=prepared.class_counts or (), targets=prepared.targets,
        units=TargetUnits.of(prepared), trusted=config.trusted,
    )


def _check_monitor(config: Config, prepared: Prepared) -> None:
    classes = len(prepared.classes or ())
    if config.training.monitor == "val/top5_accuracy" and classes <= TOP:
        raise ConfigError(f"training.monitor=val/top5_accuracy: {prepared.targets[0]} has {classes} classes, and the "
                          "top five are told where there are more. Take val/accuracy.")  # fmt: skip


def _check_batches(config: Config, prepared: Prepared, layers: Sequence[Layer]) -> None:
    batch_size = min(config.training.batch_size, len(prepared.train.y))
    normalizing = [layer for layer in layers if layer.kind.startswith("BatchNorm")]
    if normalizing and batch_size < 2:
        raise NetworkError(f"The layer {normalizing[0].name} normalizes over the rows of a minibatch and needs two or "
                           "more of them. Raise training.batch_size, or take a network without it.")  # fmt: skip


def _count_minibatches(training: Training, rows: int) -> int:
    if training.overfit_batches is not None:
        rows = min(rows, training.overfit_batches * training.batch_size)
    return minibatch_count(rows, training.batch_size, training.limit_batches)
