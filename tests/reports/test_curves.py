import pytest

from trainyard.reports import curves
from trainyard.reports.curves import draw_curves


@pytest.fixture
def figures(monkeypatch):
    """The figures that would have been written."""
    kept = []
    monkeypatch.setattr(curves, "save", lambda figure, path: kept.append(figure) or path)
    return kept


def history(epochs, **more):
    return [(epoch, {"train/loss": 1 / epoch, "val/loss": 1.2 / epoch, **more}) for epoch in range(1, epochs + 1)]


def test_losses_stand_beside_the_monitored_metric(figures, tmp_path):
    draw_curves(history(5, **{"val/accuracy": 0.5, "val/macro_f1": 0.4}), "val/macro_f1", 3, "a run", tmp_path / "c.png")
    loss, metric = figures[0].axes
    assert [line.get_label() for line in loss.lines] == ["train", "validation", "best epoch (3)"]
    assert metric.get_ylabel() == "macro f1"
    assert list(loss.lines[0].get_ydata()) == [1 / epoch for epoch in range(1, 6)]


def test_where_the_loss_is_monitored_the_first_metric_is_shown(figures, tmp_path):
    draw_curves(history(3, **{"val/accuracy": 0.5}), "val/loss", None, "a run", tmp_path / "c.png")
    assert figures[0].axes[1].get_ylabel() == "accuracy"


def test_losses_of_many_sizes_are_drawn_on_a_logarithmic_scale(figures, tmp_path):
    for epochs in (5, 50):
        draw_curves(history(epochs), "val/loss", None, "a run", tmp_path / "c.png")
    assert [figure.axes[0].get_yscale() for figure in figures] == ["linear", "log"]
