"""The images that a model was most wrong about."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from trainyard.reports.style import SMALL, Panel, new_figure, save

COLUMNS = 6
SIDE = 1.4  # inches of an image
PANEL = Panel(SIDE, SIDE, left=0.12, right=0.12, above=0.42, below=0.1)


def draw_worst_images(
    images: np.ndarray, captions: Sequence[Sequence[str]], limits: tuple[float, float], title: str, subtitle: str,
    path: Path,
) -> Path:  # fmt: skip
    """Draw images (n, channels, height, width), each below its caption of three lines; `limits` are black and white."""
    columns = min(COLUMNS, len(images))
    figure, axes = new_figure(title, subtitle, PANEL, -(-len(images) // columns), columns)
    for spare in axes[len(images) :]:
        figure.delaxes(spare)
    for each, image, lines in zip(axes, images, captions, strict=False):
        _draw(each, image, limits)
        each.set_title("\n".join(lines), fontsize=SMALL - 0.5, loc="left", pad=3, linespacing=1.15)
    return save(figure, path)


def _draw(axes: Axes, image: np.ndarray, limits: tuple[float, float]) -> None:
    """Draw one image: in color where it has three channels, else its first channel in grey."""
    low, high = limits
    shown = np.clip((image.astype(float) - low) / (high - low or 1.0), 0, 1)
    axes.grid(visible=False)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_linewidth(0.5)
    if len(shown) == 3:
        axes.imshow(shown.transpose(1, 2, 0), interpolation="nearest")
    else:
        axes.imshow(shown[0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
