"""A loaded model: raw rows in, labels, probabilities or numbers in original units out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from trainyard.data.target_units import TargetUnits
from trainyard.inference.card import probability_names, quantile_names
from trainyard.inference.forward import Forward, plain
from trainyard.networks.quantiles import middle, rising_quantiles

if TYPE_CHECKING:
    from trainyard.data.encode import Encoder
    from trainyard.data.image_encoder import ImageEncoder


class Model:
    """Predicts from raw rows: a DataFrame, an Arrow table, a dict of columns, a list of dicts, or a 2-D array.

    Columns may come in any order, with others among them, with missing values and categories never seen. Images come
    as an array (N, H, W), (N, C, H, W), (N, H, W, C) or flat (N, F), or as a table with a column per pixel, or with
    nested lists in the column `image`. `card` is the JSON that came with the weights.
    """

    def __init__(self, card: Mapping[str, Any], network: nn.Module, encoder: "Encoder | ImageEncoder"):
        self.card, self.network, self.encoder = card, network, encoder
        self.task: str = card["task"]
        self.targets: tuple[str, ...] = tuple(card["targets"])
        self.classes: tuple[Any, ...] | None = None if card["classes"] is None else tuple(card["classes"])
        self.quantiles: tuple[float, ...] = tuple(card["quantiles"])
        self.columns = encoder.names
        self.units = TargetUnits.of_card(card)
        self.forward = Forward(card, network)

    def __repr__(self) -> str:
        kind = "regressor" if self.classes is None else f"classifier of {len(self.classes)} classes"
        columns = f"{len(self.columns)} column{'s' if len(self.columns) != 1 else ''}"
        return f"<{kind}: {self.card['network']['name']} from {columns} to {', '.join(self.targets)}>"

    def predict(self, rows: Any) -> np.ndarray:
        """Return labels (N,) in their own type, or targets (N,) or (N, T) float64 in original units.

        Raises DataError naming the columns that are missing or hold what they cannot.
        """
        output = self.outputs(rows)
        if self.classes is not None:
            labels: np.ndarray = self.labels()[output.argmax(axis=1)]
            return labels
        numbers = self.original_units(output)
        return numbers[:, 0] if len(self.targets) == 1 else numbers

    def predict_quantiles(self, rows: Any) -> np.ndarray:
        """Return the quantiles (N, Q), or (N, T, Q) of several targets, float64 in original units, in the order of
        `quantiles`; of a model that was trained by loss=quantile only."""
        return self.quantiles_of(self.outputs(rows))

    def quantiles_of(self, output: np.ndarray) -> np.ndarray:
        """Return the quantiles that raw outputs predict, as `predict_quantiles` does."""
        if not self.quantiles:
            raise TypeError("this model predicts no quantiles; train one with model=regressor model.loss=quantile")
        levels = self._quantiles(output)
        return levels[:, 0] if len(self.targets) == 1 else levels

    def predict_proba(self, rows: Any) -> np.ndarray:
        """Return the probability of each class (N, C) float64, in the order of `classes`; a classifier only."""
        if self.classes is None:
            raise TypeError("a regressor predicts numbers, no probabilities; use predict")
        return self.probability(self.outputs(rows))

    def predict_columns(self, rows: Any) -> dict[str, np.ndarray]:
        """Return what is predicted as named columns (N,).

        These are `prediction` and `probability_<class>`; or one column per target and `<target>_q<level>` per quantile.
        """
        return self.named(self.outputs(rows))

    def named(self, output: np.ndarray) -> dict[str, np.ndarray]:
        """Return what raw outputs (N, outputs) predict, as `predict_columns` does."""
        if self.classes is None:
            columns = dict(zip(self.targets, self.original_units(output).T, strict=True))
            levels = self._quantiles(output).reshape(len(output), -1).T if self.quantiles else ()
            return columns | dict(zip(quantile_names(self.targets, self.quantiles), levels, strict=True))
        named = dict(zip(probability_names(self.classes), self.probability(output).T, strict=True))
        return {"prediction": self.labels()[output.argmax(axis=1)], **named}

    def original_units(self, output: np.ndarray) -> np.ndarray:
        """Return the targets (N, T) float64 in original units that raw outputs predict."""
        standardised = torch.from_numpy(output)
        if self.quantiles:
            standardised = rising_quantiles(standardised, self.quantiles)[:, :, middle(self.quantiles)]
        return self.units.original(standardised).numpy()

    def _quantiles(self, output: np.ndarray) -> np.ndarray:
        return self.units.original_quantiles(rising_quantiles(torch.from_numpy(output), self.quantiles)).numpy()

    def probability(self, output: np.ndarray) -> np.ndarray:
        """Return the probability of each class (N, C) float64 that raw outputs predict."""
        columns = np.ascontiguousarray(output.T) / (self.card["temperature"] or 1.0)  # (C, N), where exp is fastest
        with np.errstate(invalid="ignore"):  # of a row whose outputs are no finite numbers
            columns -= columns.max(axis=0)
            np.exp(columns, out=columns)
            columns /= columns.sum(axis=0)
        probability: np.ndarray = columns.T
        return probability

    def labels(self) -> np.ndarray:
        """Return the classes (C,) as an array of their own type."""
        labels = np.array(self.classes)
        kinds = {type(label) for label in self.classes or ()}
        return labels if len(kinds) == 1 else np.array(self.classes, dtype=object)

    def outputs(self, rows: Any) -> np.ndarray:
        """Return the network's raw outputs (N, outputs) float64."""
        return self.forward(*self.encode(rows))

    def encode(self, rows: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return raw rows as the network sees them, x (N, F) and codes (N, C) int32."""
        return self.encoder.encode(rows)

    @torch.no_grad()
    def activations(self, rows: Any, layer: str) -> np.ndarray:
        """Return what a layer of the network gives for each row (N, ...), float32 or float64.

        Layers are those of network.layers by name, or of another network its modules, such as hidden.0.activation.
        Raises NetworkError for a name that no layer has.
        """
        from trainyard.networks.layer_outputs import layer_outputs

        parts = []
        for x, codes in self.forward.batches(*self.encode(rows)):
            with self.forward.autocast():
                values = layer_outputs(self.network, x, codes, [layer])[layer]
            parts.append(plain(values).numpy())
        return np.concatenate(parts) if parts else np.empty((0,))
