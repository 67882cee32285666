"""One network at one batch size, the same for every engine: what their processes are told. Imports numpy only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainyard.config.schema.model import AutoModel, Classifier, Linear, Mlp
from trainyard.config.schema.run import Config
from trainyard.config.text import from_dict
from trainyard.data.pixels import pixel_scale
from trainyard.data.prepared import Part, Prepared
from trainyard.data.store import load

VALIDATED = 8  # one row validates for as many that train
WEIGHTS = "weights.npz"

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """What is to be trained, on how many rows, and what all engines must agree in.

    - config: of the training, as plain values; its batch size, learning rate and seed hold for every engine
    - entry, key: the prepared rows, an entry as the cache has them
    - rows: of an epoch, whole minibatches; checked: steps whose losses are compared
    - folder: where initial weights and the order of rows lie for engines without torch
    """

    config: Mapping[str, Any]
    entry: str
    key: str
    rows: int
    checked: int
    folder: str

    @property
    def batch_size(self) -> int:
        """Rows of a minibatch."""
        return int(self.config["training"]["batch_size"])

    @property
    def learning_rate(self) -> float:
        """Of every step."""
        return float(self.config["optimizer"]["lr"])

    @property
    def seed(self) -> int:
        """Of weights and order."""
        return int(self.config["seed"])

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    def open_config(self) -> Config:
        """Return the config."""
        return from_dict(self.config)

    def open_rows(self, rows: int) -> Prepared:
        """Return the prepared data with the first `rows` rows to train and an eighth as many to validate, mapped."""
        whole = load(Path(self.entry), self.key, self.open_config().dataset)
        train, val = first_rows(whole.train, rows), first_rows(whole.val, max(1, rows // VALIDATED))
        return replace(whole, train=train, val=val, test=first_rows(whole.test, 0))

    def checked_rows(self) -> int:
        """Return how many rows the checked steps are taken from: each once where there are enough, else in epochs."""
        there = len(self.open_rows(2**62).train.y) // self.batch_size
        return min(self.checked, there) * self.batch_size


def first_rows(part: Part, count: int) -> Part:
    """Return the first `count` rows of a part, or all there are."""
    weight = None if part.weight is None else part.weight[:count]
    return Part(part.x[:count], part.codes[:count], part.y[:count], weight, part.rows[:count])


def arrays(prepared: Prepared) -> tuple[Floats, Numbers]:
    """Return the training rows in memory, as a network sees them: x (N, F) and classes y (N,)."""
    scale, x = pixel_scale(prepared.preprocessing), prepared.train.x
    if scale is not None and prepared.image_shape is not None:
        x = scale(x.reshape(-1, *prepared.image_shape)).reshape(len(x), -1)
    return np.array(x, np.float32), np.array(prepared.train.y, np.int64)


def layer_weights(folder: Path) -> tuple[list[Floats], list[Floats]]:
    """Return the initial weights [inputs, outputs] and biases [outputs] of each layer that `keep_weights` wrote."""
    with np.load(folder / WEIGHTS, allow_pickle=False) as kept:
        layers = range(len(kept.files) // 2)
        return [kept[f"weight_{layer}"] for layer in layers], [kept[f"bias_{layer}"] for layer in layers]


def keep_weights(folder: Path, weights: Sequence[Floats], biases: Sequence[Floats]) -> None:
    """Write initial weights for `layer_weights`."""
    layers = {f"weight_{place}": np.ascontiguousarray(weight) for place, weight in enumerate(weights)}
    np.savez(folder / WEIGHTS, **layers, **{f"bias_{place}": bias for place, bias in enumerate(biases)})  # type: ignore[arg-type]


def keep_orders(folder: Path, orders: Sequence[Numbers]) -> None:
    """Write the order of rows in the epochs of the checked steps, for `checked_minibatches`."""
    np.save(folder / f"order-{len(orders[0])}-{len(orders)}.npy", np.stack(orders), allow_pickle=False)


def checked_minibatches(case: Case) -> Iterator[Numbers]:
    """Yield the row numbers of each minibatch of the checked steps."""
    rows = case.checked_rows()
    epochs = -(-case.checked * case.batch_size // rows)
    orders = np.load(Path(case.folder) / f"order-{rows}-{epochs}.npy", allow_pickle=False)
    yield from [cut for order in orders for cut in minibatches(order, case.batch_size)][: case.checked]


def minibatches(order: Numbers, batch_size: int) -> Iterator[Numbers]:
    """Yield an order of rows in pieces of a minibatch."""
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]


def why_not_plain(config: Config, prepared: Prepared) -> str | None:
    """Return why the engines without torch do not have the network or its loss, None where they do."""
    network = config.network
    if not isinstance(network, Linear | Mlp):
        return f"it has no network={network.name}"
    if isinstance(network, Mlp) and (network.activation != "relu" or network.normalization != "none"):
        return "of multi-layer networks it has those of rectified linear units without normalization"
    if isinstance(network, Mlp) and network.residual:
        return "it has no residual connections"
    if prepared.category_sizes:
        return "it has no embedded categories"
    return None if has_plain_loss(config, prepared) else "it has the mean cross-entropy only"


def has_plain_loss(config: Config, prepared: Prepared) -> bool:
    """Return whether the loss is the mean cross-entropy of rows and classes that all weigh the same."""
    model = config.model
    if prepared.classes is None or not isinstance(model, Classifier | AutoModel) or prepared.train.weight is not None:
        return False
    if isinstance(model, AutoModel):
        return True
    return model.loss == "cross_entropy" and not model.label_smoothing and model.class_weights == "none"
