"""What tests of plots stand on: figures are kept in the place of being written."""

import pytest

from trainyard.reports import classification, curves, regression, sweep
from trainyard.reports.style import settings


@pytest.fixture
def figures(monkeypatch):
    """The figures that would have been written, drawn in full first."""
    kept = []

    def keep(figure, path):
        figure.canvas.draw()
        kept.append(figure)
        return path

    for module in (classification, curves, regression, sweep):
        monkeypatch.setattr(module, "save", keep)
    with settings():
        yield kept
