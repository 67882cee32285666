"""What a run is going to do, settled and checked before anything of it is written."""

from dataclasses import dataclass, replace

import torch
from torch import nn

from trainyard.config.schema import AutoModel, Classifier, Config, Mlp, Regressor, Training
from trainyard.data.minibatches import Minibatches, Rows, minibatch_count, open_rows, row_order
from trainyard.data.prepared import Part, Prepared
from trainyard.errors import ConfigError, NetworkError
from trainyard.models import Classifier as ClassifierModel
from trainyard.models import Model
from trainyard.models import Regressor as RegressorModel
from trainyard.networks import Inputs, build_network, check_network, seeded_network
from trainyard.training.accelerator import SMALL_STEP_FLOPS, Device, open_device
from trainyard.training.engine import Engine, choose_engine

RESIDENT_SHARE = 0.4  # of the device's free memory may be taken by the rows of all parts together


@dataclass(frozen=True)
class Plan:
    """One run: its config with the model settled, its data, its device and its length in steps."""

    config: Config
    prepared: Prepared
    device: Device
    inputs: Inputs
    outputs: int
    parameters: int
    minibatches: int
    steps_per_epoch: int
    total_steps: int | None
    engine: Engine
    notes: tuple[str, ...] = ()  # for a person, on how it is going to be trained

    def build_model(self) -> Model:
        """Return the model with its seeded initial weights."""
        network = seeded_network(self.config.network, self.inputs, self.outputs, self.config.seed)
        return wrap_network(network, self.config, self.prepared)

    def open_training(self) -> Minibatches:
        """Return the training rows on the device, cut into minibatches."""
        training = self.config.training
        return Minibatches(
            self._open(self._train_part()), training.batch_size, self.config.seed, limit=training.limit_batches
        )

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

    def _open(self, part: Part) -> Rows:
        share = int(self.device.free_memory() * RESIDENT_SHARE)
        shape = self.prepared.image_shape
        return open_rows(part, self.device.torch, image_shape=shape, resident_bytes=share)


def plan_run(config: Config, prepared: Prepared, device: torch.device) -> Plan:
    """Return the plan of a run; raise NetworkError where the network does not fit the data or the memory."""
    config = settle_model(config, prepared)
    engine = choose_engine(config)
    inputs = Inputs(prepared.numeric, prepared.category_sizes, prepared.image_shape)
    outputs = len(prepared.classes) if prepared.classes is not None else len(prepared.targets)
    _check_batches(config, prepared)
    opened = open_device(config.accelerator, device, 0.0)
    check_network(config.network, inputs, outputs, opened.free_memory())
    parameters = _count_parameters(config, inputs, outputs)
    flops = 6.0 * parameters * config.training.batch_size
    opened = open_device(config.accelerator, device, flops)
    notes = check_sharing(config, opened, flops)
    minibatches = _count_minibatches(config.training, len(prepared.train.y))
    steps_per_epoch = -(-minibatches // config.training.accumulate)
    lengths = [config.training.max_steps]
    if config.training.max_epochs is not None:
        lengths.append(config.training.max_epochs * steps_per_epoch)
    total_steps = min((length for length in lengths if length is not None), default=None)
    return Plan(
        config, prepared, opened, inputs, outputs, parameters, minibatches, steps_per_epoch, total_steps, engine, notes
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


def wrap_network(network: nn.Module, config: Config, prepared: Prepared) -> Model:
    """Return the model of the config around a network."""
    if isinstance(config.model, Classifier):
        return ClassifierModel(network, config.model, prepared.class_counts or ())
    if isinstance(config.model, Regressor):
        return RegressorModel(network, config.model, prepared.targets, prepared.target_scale)
    raise TypeError("the model is not settled")


def _check_batches(config: Config, prepared: Prepared) -> None:
    network = config.network
    batch_size = min(config.training.batch_size, len(prepared.train.y))
    if isinstance(network, Mlp) and network.normalization == "batch" and batch_size < 2:
        raise NetworkError(
            "network.normalization=batch needs minibatches of two rows or more. Raise training.batch_size, or take "
            "network.normalization=layer."
        )


def _count_minibatches(training: Training, rows: int) -> int:
    if training.overfit_batches is not None:
        rows = min(rows, training.overfit_batches * training.batch_size)
    return minibatch_count(rows, training.batch_size, training.limit_batches)


def _count_parameters(config: Config, inputs: Inputs, outputs: int) -> int:
    with torch.device("meta"):
        network = build_network(config.network, inputs, outputs)
    return sum(parameter.numel() for parameter in network.parameters())
