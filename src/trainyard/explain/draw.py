"""Plots of what a model goes by."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from trainyard.explain.importance import Importance
from trainyard.reports.style import (
    BLUE,
    GREY,
    SMALL,
    Panel,
    new_figure,
    room_on_the_left,
    save,
    short_labels,
    text_inches,
)

MOST_COLUMNS, MOST_CHANNELS = 30, 16
LABEL_CHARACTERS = 28
TILE = 1.1  # inches


def draw_importance(importance: Importance, subtitle: str, path: Path) -> Path:
    """Draw a bar a column, the mean of the repeats, with a line from the least to the most."""
    names = short_labels(importance.columns[:MOST_COLUMNS], LABEL_CHARACTERS)
    count = len(names)
    mean, worse = importance.mean[:count], importance.worse[:count]
    left = max(room_on_the_left((0, 1)), text_inches(names, SMALL) + 0.3)
    more = len(importance.columns) - count
    title = f"Permutation importance{f' of the {count} most important of {count + more} columns' if more else ''}"
    panel = Panel(5.0, max(0.8, 0.24 * count), left=left)
    subtitle = f"{subtitle} · line: least to most of {worse.shape[1]} repeats"
    figure, (axes,) = new_figure(title, subtitle, panel)
    places = np.arange(count)
    axes.barh(places, mean, color=BLUE, height=0.7)
    axes.hlines(places, worse.min(axis=1), worse.max(axis=1), color=GREY, linewidth=1.2)
    axes.set_ylim(count - 0.4, -0.6)
    axes.set_yticks(places, names)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"{importance.metric} gets worse by (it is {importance.before:.4g} with all columns)")
    return save(figure, path)


def draw_maps(
    images: np.ndarray, saliency: np.ndarray, occlusion: np.ndarray, labels: Sequence[str], subtitle: str, path: Path
) -> Path:
    """Draw images (N, C, H, W), each beside its maps (N, H, W): the gradient, and what hiding a square takes away."""
    panel = Panel(1.5, 1.5, left=0.15, right=0.15, below=0.1)
    figure, axes = new_figure("What the model looks at", subtitle, panel, len(images), 3)
    limit = max(float(np.abs(occlusion).max()), 1e-12)
    for number, (image, label) in enumerate(zip(images, short_labels(labels, 22), strict=True)):
        shown, gradient, hidden = axes[3 * number : 3 * number + 3]
        _image(shown, image, label)
        _tile(gradient, saliency[number], "saliency", cmap="magma")
        _tile(hidden, occlusion[number], "occlusion", cmap="RdBu_r", vmin=-limit, vmax=limit)
    return save(figure, path)


def draw_filters(filters: np.ndarray, subtitle: str, path: Path) -> Path:
    """Draw filters (K, C, h, w): in color where there are three channels, else the mean over them."""
    count = min(len(filters), 4 * MOST_CHANNELS)
    columns = min(count, 8)
    panel = Panel(TILE, TILE, left=0.08, right=0.08, above=0.06, below=0.06)
    title = f"Filters of the first convolution ({count} of {len(filters)})"
    figure, axes = new_figure(title, subtitle, panel, -(-count // columns), columns)
    for place, each in enumerate(axes):
        if place >= count:
            figure.delaxes(each)
        elif filters.shape[1] == 3:
            _tile(each, _between_0_and_1(filters[place]).transpose(1, 2, 0), "")
        else:
            limit = max(float(np.abs(filters[place]).max()), 1e-12)
            _tile(each, filters[place].mean(axis=0), "", cmap="RdBu_r", vmin=-limit, vmax=limit)
    return save(figure, path)


def draw_activations(maps: Mapping[str, np.ndarray], subtitle: str, path: Path) -> Path:
    """Draw the first channels of each layer's maps (K, h, w), a row a layer."""
    columns = min(8, max(len(values) for values in maps.values()))
    panel = Panel(TILE, TILE, left=0.08, right=0.08, below=0.08)
    figure, axes = new_figure("What the layers find in an image", subtitle, panel, len(maps), columns)
    for row, (name, values) in enumerate(maps.items()):
        for column in range(columns):
            each = axes[row * columns + column]
            if column >= len(values):
                figure.delaxes(each)
                continue
            _tile(each, values[column], name if column == 0 else "", cmap="viridis")
    return save(figure, path)


def _image(axes: Axes, image: np.ndarray, label: str) -> None:
    """Draw an image (C, H, W) as a person sees it."""
    if len(image) == 3:
        _tile(axes, _between_0_and_1(image).transpose(1, 2, 0), label)
    else:
        _tile(axes, image.mean(axis=0), label, cmap="gray")


def _tile(axes: Axes, values: np.ndarray, label: str, **colors: Any) -> None:
    axes.imshow(values, interpolation="nearest", **colors)
    axes.set_axis_off()
    if label:
        axes.set_title(label, fontsize=SMALL, loc="left", pad=3)


def _between_0_and_1(values: np.ndarray) -> np.ndarray:
    low, high = float(values.min()), float(values.max())
    scaled: np.ndarray = (values - low) / max(high - low, 1e-12)
    return scaled
