import pytest

from trainyard.reports.curves import Monitored, draw_curves, metric_words


def history(epochs, **more):
    return {epoch: {"train/loss": 1 / epoch, "val/loss": 1.2 / epoch, **more} for epoch in range(1, epochs + 1)}


def test_losses_stand_beside_the_monitored_metric(figures, tmp_path):
    monitored = Monitored("val/macro_f1", 3, "cross entropy")
    draw_curves(history(5, **{"val/accuracy": 0.5, "val/macro_f1": 0.4}), monitored, "a run", tmp_path / "c.png")
    loss, metric = figures[0].axes
    assert [line.get_label() for line in loss.lines] == ["train", "validation", "best epoch (3)"]
    assert loss.get_ylabel() == "loss (cross entropy)"
    assert metric.get_ylabel() == "macro f1"
    assert list(loss.lines[0].get_ydata()) == [1 / epoch for epoch in range(1, 6)]
    assert [text.get_text() for text in figures[0].texts] == [
        "Learning curves: 5 epochs, best validation macro f1 0.4 in epoch 3", "a run",
    ]  # fmt: skip


def test_where_the_loss_is_monitored_the_first_metric_is_shown(figures, tmp_path):
    draw_curves(history(3, **{"val/accuracy": 0.5}), Monitored(), "a run", tmp_path / "c.png")
    assert figures[0].axes[1].get_ylabel() == "accuracy"
    assert figures[0].texts[0].get_text() == "Learning curves: 3 epochs"


def test_losses_of_many_sizes_are_drawn_on_a_logarithmic_scale(figures, tmp_path):
    for epochs in (5, 50):
        draw_curves(history(epochs), Monitored(), "a run", tmp_path / "c.png")
    assert [figure.axes[0].get_yscale() for figure in figures] == ["linear", "log"]


def test_a_loss_that_was_no_number_leaves_a_gap(figures, tmp_path):
    diverged = history(2) | {3: {"train/loss": float("nan"), "val/loss": float("inf")}}
    draw_curves(diverged, Monitored(), "a run", tmp_path / "c.png")
    assert figures[0].axes[0].get_yscale() == "linear"


def test_a_single_epoch_is_seen(figures, tmp_path):
    draw_curves(history(1), Monitored("val/loss", 1), "a run", tmp_path / "c.png")
    axes = figures[0].axes[0]
    assert figures[0].texts[0].get_text().startswith("Learning curves: 1 epoch, best")
    assert axes.get_xlim() == (0.5, 1.5)
    assert [tick for tick in axes.get_xticks() if 0.5 <= tick <= 1.5] == [1]


@pytest.mark.parametrize(
    ("name", "target", "words"),
    [
        ("val/balanced_accuracy", "", "balanced accuracy"),
        ("val/rmse", "length_mm", "rmse of length_mm"),
        ("val/r2", "length_mm", "r2"),
        ("val/rmse/price", "", "rmse of price"),
    ],
)
def test_metrics_as_a_person_says_them(name, target, words):
    assert metric_words(name, target) == words
