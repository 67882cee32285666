"""Learning curves: losses by epoch, and the metric that training looks at."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from trainyard.reports.style import BLACK, BLUE, GREEN, ORANGE, new_figure, save

LOG_FROM = 15  # times the smallest loss: from there on the largest hides how the small ones differ

History = Sequence[tuple[int, Mapping[str, float]]]  # epoch, metrics


def draw_curves(history: History, monitor: str, best_epoch: int | None, title: str, path: Path) -> Path:
    """Draw train and val loss and, beside them, the monitored metric or the first one that is no loss."""
    shown = monitor if monitor != "val/loss" else _second(history)
    figure, axes = new_figure(10 if shown else 6, 4, columns=2 if shown else 1)
    for name, label, color in (("train/loss", "train", BLUE), ("val/loss", "validation", ORANGE)):
        _line(axes[0], history, name, label, color)
    axes[0].set_ylabel("loss")
    losses = [metrics[name] for _, metrics in history for name in ("train/loss", "val/loss") if name in metrics]
    if min(losses) > 0 and max(losses) > LOG_FROM * min(losses):
        axes[0].set_yscale("log")
    if shown:
        _line(axes[1], history, shown, "validation", GREEN)
        axes[1].set_ylabel(shown.removeprefix("val/").replace("_", " "))
    for each in axes:
        each.set_xlabel("epoch")
        each.xaxis.set_major_locator(MaxNLocator(integer=True))
        if best_epoch:
            each.axvline(best_epoch, color=BLACK, linewidth=1, linestyle=":", label=f"best epoch ({best_epoch})")
        each.legend(frameon=False)
    figure.suptitle(title, fontsize=11)
    return save(figure, path)


def _second(history: History) -> str | None:
    names = [name for _, metrics in history for name in metrics if name.startswith("val/") and name != "val/loss"]
    return names[0] if names else None


def _line(axes: Axes, history: History, name: str, label: str, color: str) -> None:
    points = [(epoch, metrics[name]) for epoch, metrics in history if name in metrics]
    if not points:
        return
    epochs, values = zip(*points, strict=True)
    axes.plot(epochs, values, color=color, label=label, linewidth=1.6, marker="o" if len(points) < 25 else "", ms=3)
