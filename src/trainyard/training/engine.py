"""Which stepper does the work of a training: the fast one where it is right, else the reference."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from trainyard.config.schema.run import Config
from trainyard.errors import ConfigError
from trainyard.training.accelerator import Device
from trainyard.training.callbacks import build_callbacks, look_at_minibatches
from trainyard.training.distributed import World
from trainyard.training.flat_stepper import FlatStepper
from trainyard.training.fused import SLOTS
from trainyard.training.graph_stepper import GraphStepper
from trainyard.training.lightning import LightningModel
from trainyard.training.member import Member
from trainyard.training.schedule import Length
from trainyard.training.stepper import ReferenceStepper, Stepper

Engine = Literal["fast", "reference"]


def choose_engine(config: Config) -> Engine:
    """Return the engine of a training; raise ConfigError where the fast one was asked for and would be wrong."""
    wanted, reason = config.training.engine, why_not_fast(config)
    if wanted == "fast" and reason is not None:
        raise ConfigError(f"training.engine=fast: {reason}; take training.engine=auto.")
    return "reference" if wanted == "reference" or reason is not None else "fast"


def why_not_fast(config: Config) -> str | None:
    """Return why the fast engine is not right for a config, None where it is."""
    if config.callbacks and look_at_minibatches(build_callbacks(config)):
        return "a callback looks at single minibatches, for which the steps have to be Lightning's own"
    name, precision = config.accelerator.name, config.accelerator.precision
    if type(config.optimizer) not in SLOTS:
        return f"it has no kernel for optimizer={config.optimizer.name}"
    if name.startswith("ddp") or name in ("fsdp", "mps"):
        return f"it is for one CPU or CUDA GPU, not for accelerator={name}"
    return f"it has no way for accelerator.precision={precision}" if precision in ("16-mixed", "bf16-true") else None


def open_stepper(
    engine: Engine, module: LightningModel, member: Member, device: Device, world: World, *, length: Length,
    sizes: Sequence[int],
) -> Stepper:  # fmt: skip
    """Return the stepper of an engine over a model that Lightning has set up; `sizes` are an epoch's minibatches'."""
    if engine == "reference":
        return ReferenceStepper(module, member, length, world)
    epochs = float("inf") if length.total is None else length.total / length.epoch
    recorded = not member.config.training.compile
    # on a GPU the learning rate has to be a number of 32 bits on the device
    stepper = GraphStepper if device.torch.type == "cuda" and not device.double else FlatStepper
    expected = {rows: count * epochs for rows, count in Counter(sizes).items()} if recorded else {}
    return stepper(module.model, member, device, length, expected)
