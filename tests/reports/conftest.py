"""What tests of plots stand on: figures are kept in the place of being written."""

import pytest

from trainyard.reports import (
    calibration,
    class_curves,
    classification,
    curves,
    intervals,
    per_class,
    regression,
    sweep,
    worst_images,
)
from trainyard.reports.style import settings

DRAWING = (calibration, class_curves, classification, curves, intervals, per_class, regression, sweep, worst_images)


@pytest.fixture
def figures(monkeypatch):
    """The figures that would have been written, drawn in full first."""
    kept = []

    def keep(figure, path):
        figure.canvas.draw()
        kept.append(figure)
        return path

    for module in DRAWING:
        monkeypatch.setattr(module, "save", keep)
    with settings():
        yield kept
