"""The test rows that a model was most wrong about, kept in its run's folder. Imports neither torch nor matplotlib."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainyard.data.pixels import image_column
from trainyard.data.prepared import Prepared
from trainyard.data.shown import shown_columns
from trainyard.data.store import read_test_names
from trainyard.files import replacing, write_text

MOST = 24
TABLE, IMAGES = "worst_examples.csv", "worst_examples.npz"
MOST_COLUMNS = 200

Columns = dict[str, list[Any]]


def write_worst(folder: Path, prepared: Prepared) -> list[Path]:
    """Write the 24 worst rows of the run in `folder` by its predictions.npz, the worst first, and return the files.

    worst_examples.csv holds the row of the source, counted from 1, what is true and what was predicted, and the columns
    as the network saw them; of images their files, where they have some, with the pixels `image` (n, channels, height,
    width) in worst_examples.npz. Of a classifier those rows are the worst whose class was held least probable, of a
    regressor those with the largest error, in deviations of its target.
    """
    with np.load(folder / "predictions.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in ("row", "target", "probability", "prediction") if name in file}
    places, told = _classes(arrays, prepared) if "probability" in arrays else _numbers(arrays, prepared)
    if not len(places):
        return []
    columns: Columns = {"row": (arrays["row"][places] + 1).tolist()}
    names = read_test_names(prepared.folder)
    columns |= {"file": [names[place] for place in places]} if names else {}
    columns |= told
    if image_column(prepared.preprocessing) is None:
        x, codes = prepared.test.x[places], prepared.test.codes[places]
        shown = shown_columns(prepared.preprocessing, x, codes)
        columns |= {name: values for name, values in list(shown.items())[:MOST_COLUMNS] if name not in columns}
    write_text(folder / TABLE, _csv(columns))
    if prepared.image_shape is None:
        return [folder / TABLE]
    with replacing(folder / IMAGES) as partial, partial.open("wb") as out:
        np.savez_compressed(out, image=prepared.test.x[places].reshape(-1, *prepared.image_shape))
    return [folder / TABLE, folder / IMAGES]


def _classes(arrays: Mapping[str, np.ndarray], prepared: Prepared) -> tuple[np.ndarray, Columns]:
    """Return the places of the worst rows (n,) in the test part, and what was predicted there."""
    target, probability = arrays["target"], arrays["probability"]
    own = probability[np.arange(len(target)), target]
    places = _first(np.where(np.isfinite(own), own, np.inf))
    predicted = probability[places].argmax(1)
    labels = prepared.classes or ()
    return places, {
        "true": [labels[place] for place in target[places]],
        "predicted": [labels[place] for place in predicted],
        "probability": _short(probability[places, predicted]),
        "probability of the true class": _short(own[places]),
    }


def _numbers(arrays: Mapping[str, np.ndarray], prepared: Prepared) -> tuple[np.ndarray, Columns]:
    """Return the same of a regressor: of several targets that one which is furthest off."""
    target, prediction = arrays["target"], arrays["prediction"]
    deviation = target.std(0)
    off = np.abs(prediction - target) / np.where(deviation > 0, deviation, 1.0)
    off = np.where(np.isfinite(off), off, -np.inf)
    places, which = _first(-off.max(1)), off.argmax(1)
    actual, predicted = (values[places, which[places]] for values in (target, prediction))
    named = {"target": [prepared.targets[place] for place in which[places]]} if len(prepared.targets) > 1 else {}
    return places, {
        **named, "actual": _short(actual), "predicted": _short(predicted), "error": _short(predicted - actual),
    }  # fmt: skip


def _first(badness: np.ndarray) -> np.ndarray:
    """Return the places of the least values (N,) that are finite, in order."""
    places = np.argsort(badness, kind="stable")[:MOST]
    return np.asarray(places[np.isfinite(badness[places])])


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{value:.6g}") for value in values]


def _csv(columns: Mapping[str, Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()
