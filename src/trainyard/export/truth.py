"""Raw rows to compare an exported model over, what the packaged one predicts for them, and how far others are."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import torch

from trainyard.data.example import probe_rows
from trainyard.data.image_encoder import ImageEncoder
from trainyard.data.source import Source
from trainyard.data.table import table_from
from trainyard.inference import Model
from trainyard.inference.card import probability_names, quantile_names

PIECE = 4096  # rows that are predicted at once
Rows = Any  # a table of raw columns (N rows), or images (N, channels, height, width)


def raw_pieces(model: Model, source: Source, numbers: np.ndarray) -> Iterator[Rows]:
    """Yield rows of a source, by their numbers (n,), as they are before any preprocessing.

    Where they are rows of a table, one in which all is missing follows.
    """
    images = isinstance(model.encoder, ImageEncoder)
    for start in range(0, len(numbers), PIECE):
        some = numbers[start : start + PIECE]
        if images and source.pixels is not None:
            yield source.pixels.read(some)
        else:
            yield source.table.take(pa.array(some))
    if not images:
        yield absent_row(model)


def example_pieces(model: Model) -> Iterator[Rows]:
    """Yield the raw rows that a model's card has as examples, and of a table one in which all is missing."""
    example = model.card["example"]
    if isinstance(model.encoder, ImageEncoder):
        yield model.encoder.images_of(example)
        return
    yield table_from(example, model.columns)
    yield absent_row(model)


def absent_row(model: Model) -> pa.Table:
    """Return a raw row in which all is missing."""
    return table_from(probe_rows((), model.columns), model.columns)


def plain_predictions(model: Model, rows: Rows) -> dict[str, np.ndarray]:
    """Return what the packaged model predicts: prediction (N,) and probabilities (N, C); or numbers (N,) by name."""
    named = model.predict_columns(rows)
    if model.classes is None:
        return named
    probabilities = [named[name] for name in probability_names(model.classes)]
    return {"prediction": named["prediction"], "probabilities": np.stack(probabilities, axis=1)}


def largest_difference(model: Model, expected: dict[str, np.ndarray], found: dict[str, np.ndarray]) -> float:
    """Return the largest difference between predictions for the same rows; infinity where there is none for a row.

    It is absolute in the probabilities of a classifier, where another label counts as what it is less likely than the
    expected one; for a regressor it is in deviations of the (transformed) target.
    """
    if model.classes is not None:
        truth, given = expected["probabilities"], found["probabilities"]
        return max(_largest(truth - given), _least_likely(model, truth, expected["prediction"], found["prediction"]))
    columns = [model.targets]
    levels = quantile_names(model.targets, model.quantiles)
    count = len(model.quantiles)
    columns += [tuple(levels[place::count]) for place in range(count)]
    return max(
        _largest(_standardized(model, expected, names) - _standardized(model, found, names)) for names in columns
    )


def _standardized(model: Model, predicted: dict[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray:
    values = np.stack([predicted[name] for name in names], axis=1)
    standardized: np.ndarray = model.units.standardized(torch.from_numpy(values)).nan_to_num(neginf=-1e9).numpy()
    return standardized


def _least_likely(model: Model, truth: np.ndarray, expected: np.ndarray, found: np.ndarray) -> float:
    """Return by how much a label that differs from the expected one is less likely, at most over all rows."""
    places = {label: place for place, label in enumerate(model.labels().tolist())}
    others = [(row, label) for row, label in enumerate(found.tolist()) if label != expected[row]]
    if any(label not in places for _, label in others):
        return float("inf")
    return max((float(truth[row].max() - truth[row, places[label]]) for row, label in others), default=0.0)


def _largest(differences: np.ndarray) -> float:
    largest = float(np.abs(differences).max(initial=0.0))
    return largest if largest == largest else float("inf")
