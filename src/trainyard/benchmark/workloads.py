"""What is trained: the networks of the benchmark on simulated data, or that of an experiment on its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trainyard.benchmark.case import VALIDATED, Case, why_not_plain
from trainyard.benchmark.engines import WITHOUT_TORCH, Spec
from trainyard.benchmark.simulated import write_simulated
from trainyard.config.schema.augment import Augment
from trainyard.config.schema.model import Classifier, Cnn, Linear, Mlp, Network
from trainyard.config.schema.optimization import Constant, Sgd
from trainyard.config.schema.run import Config
from trainyard.config.text import to_dict
from trainyard.data.prepared import Prepared
from trainyard.data.store import load
from trainyard.errors import ConfigError

MARK, MARK_SIZE = "784-500-10", 60  # the network and the minibatch of the published figures
SIZES = (1, 4, 16, 60, 256, 1024, 4096, 16384)
QUICK_SIZES = (1, 60, 1024)
NETWORKS: dict[str, Network] = {
    MARK: Mlp(hidden=(500,)),
    "784-10": Linear(),
    "784-512-256-128-10": Mlp(hidden=(512, 256, 128)),
    "cnn-8-16": Cnn(widths=(8, 16), normalization="none", hidden=()),
}
QUICK_NETWORKS = (MARK, "784-10")
ROWS, GPU_ROWS = 16384, 65536  # simulated, to train
LARGEST_SIZE = 2**24  # rows in a batch of an experiment, of which a smaller table is one whole batch
CHECKED = 32  # steps whose losses are compared, fewer of large minibatches
CHECKED_ROWS = 4096
FEWEST_CHECKED = 3
EPOCH_FLOPS, EPOCH_STEPS = 8e9, 256  # of an epoch on the CPU, at most
GPU_EPOCH_STEPS = 1024
ENDLESS = 10**9  # steps
PLAIN = Sgd(momentum=0.0, nesterov=False, weight_decay=0.0)
# larger steps where more rows are averaged, so that a wrong step shows in the loss
RATES = ((16, 0.05), (256, 0.2), (2**62, 0.5))  # minibatches of fewer rows, learning rate


@dataclass(frozen=True)
class Workload:
    """A network and its data, at some batch sizes. `config` holds for all; `multiplications` is that of a row."""

    name: str
    config: Config
    prepared: Prepared
    sizes: tuple[int, ...]
    multiplications: int = 1

    def case(self, batch_size: int, folder: Path, *, gpu: bool = False) -> Case:
        """Return the case of a batch size; on a GPU epochs are longer."""
        there = len(self.prepared.train.y)
        batch = min(batch_size, there)
        training = replace(self.config.training, batch_size=batch)
        optimizer = replace(PLAIN, lr=next(rate for rows, rate in RATES if batch < rows))
        checked = max(FEWEST_CHECKED, min(CHECKED, CHECKED_ROWS // batch))
        own = folder / f"{self.name.replace(' ', '-')}-{batch}"
        own.mkdir(exist_ok=True)
        return Case(
            to_dict(replace(self.config, training=training, optimizer=optimizer)), str(self.prepared.folder),
            self.prepared.key, self.epoch_rows(batch, gpu=gpu), checked, str(own),
        )  # fmt: skip

    def epoch_rows(self, batch: int, *, gpu: bool) -> int:
        """Return the rows of an epoch: whole minibatches, as many as a CPU does in a moment or a GPU in a short one."""
        there = len(self.prepared.train.y) // batch
        steps = round(EPOCH_FLOPS / (6 * self.multiplications * batch))
        return batch * max(1, min(there, GPU_EPOCH_STEPS if gpu else min(steps, EPOCH_STEPS)))

    def why_not(self, spec: Spec) -> str | None:
        """Return why an engine does not have the network, None where it does."""
        return why_not_plain(self.config, self.prepared) if spec.kind in WITHOUT_TORCH else None


def steady(config: Config) -> Config:
    """Return a config in which every step is alike, and such that engines without torch can take it.

    There is no augmentation, schedule, clipping, callback or early end, and cross-entropy is neither smoothed nor
    weighted.
    """
    model = config.model
    if isinstance(model, Classifier) and model.loss == "cross_entropy":
        model = replace(model, label_smoothing=0.0, class_weights="none")
    training = replace(
        config.training, max_epochs=None, max_time=None, max_steps=ENDLESS, patience=None, accumulate=1, clip_norm=None,
        average_decay=None, limit_batches=None, overfit_batches=None, validate_every=1, progress=False, profile=False,
        monitor="val/loss", direction="auto",
    )  # fmt: skip
    return replace(
        config, model=model, training=training, schedule=Constant(), dataset=replace(config.dataset, augment=Augment()),
        callbacks={}, trainer={}, optimizer=PLAIN,
    )  # fmt: skip


def simulated_workloads(
    config: Config, folder: Path, names: Sequence[str], sizes: Sequence[int], *, gpu: bool
) -> list[Workload]:
    """Return the networks of these names on simulated rows, which are written below `folder`."""
    entry, rows = folder / "simulated", GPU_ROWS if gpu else ROWS
    write_simulated(entry, rows, rows // VALIDATED)
    prepared = load(entry, "", config.dataset)
    return [Workload(name, steady(replace(config, network=NETWORKS[name])), prepared, tuple(sizes)) for name in names]


def experiment_workload(config: Config, prepared: Prepared, sizes: Sequence[int]) -> Workload:
    """Return the network and the rows of an experiment; at its own batch size unless `sizes` are given.

    Raises ConfigError where a value that stays hidden would have to be handed on.
    """
    hidden = [key for key in config.masked if key.startswith("network.")]
    if hidden:
        raise ConfigError([f"{key}: comes from the environment, and is handed to no other process; give the value"
                           for key in hidden])  # fmt: skip
    name = f"{config.dataset.name}, {config.network.name}"
    chosen = {min(size, len(prepared.train.y)) for size in sizes or (config.training.batch_size,)}
    return Workload(name, steady(config), prepared, tuple(sorted(chosen)))
