"""The story of an explanation: importance of the columns of a table, or maps and layers of images; CSV and plots."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainyard.data.encode import Encoder
from trainyard.data.rows import Rows
from trainyard.explain.draw import draw_activations, draw_filters, draw_importance, draw_maps
from trainyard.explain.importance import Importance, Measure, permutation_importance, write_importance
from trainyard.explain.layers import feature_maps, first_filters
from trainyard.explain.maps import occlusion, saliency
from trainyard.inference import Model
from trainyard.reports.style import settings


@dataclass(frozen=True)
class Asked:
    """What is asked for.

    - metric: whose getting worse tells the importance; repeats: orders of the rows; seed: of these
    - images: number of test images; square: side in pixels of what hides a part of them, odd
    """

    metric: str
    repeats: int = 5
    seed: int = 0
    images: int = 4
    square: int = 5


def explain_table(
    rows: Rows, encoder: Encoder, measure: Measure, asked: Asked, folder: Path, subtitle: str
) -> tuple[Importance, list[Path]]:
    """Return the importance of each column, and its files in `folder`: a CSV and a plot."""
    found = permutation_importance(rows, encoder, measure, asked.metric, repeats=asked.repeats, seed=asked.seed)
    with settings():
        plot = draw_importance(found, subtitle, folder / "importance.png")
    return found, [write_importance(found, folder / "importance.csv"), plot]


def explain_images(rows: Rows, packaged: Model, asked: Asked, folder: Path, subtitle: str) -> list[Path]:
    """Draw maps of the first images into `folder`, and filters and activations of convolutions; return the files."""
    network, forward = packaged.network, packaged.forward
    dtype = next((value.dtype for value in network.parameters()), torch.float32)
    seen = rows.slice(0, min(asked.images, len(rows)))

    def outputs(images: Tensor) -> Tensor:
        with forward.autocast():
            output: Tensor = network(images.to(dtype), None)
        return output.float()

    images = seen.x.float()
    gradients, hidden = _array(saliency(outputs, images)), _array(occlusion(outputs, images, asked.square))
    named = packaged.named(outputs(images).double().cpu().numpy())
    predicted = [f"predicted {value}" if packaged.classes else f"predicted {value:.4g}"
                 for value in next(iter(named.values()))]  # fmt: skip
    filters = first_filters(network)
    with settings():
        drawn = [draw_maps(_array(images), gradients, hidden, predicted, subtitle, folder / "maps.png")]
        if filters is not None:
            drawn.append(draw_filters(_array(filters), subtitle, folder / "filters.png"))
            layers = {name: _array(values) for name, values in feature_maps(network, seen.x[0].to(dtype)).items()}
            drawn.append(draw_activations(layers, subtitle, folder / "activations.png"))
    return drawn


def _array(values: Tensor) -> np.ndarray:
    array: np.ndarray = values.float().cpu().numpy()
    return array
