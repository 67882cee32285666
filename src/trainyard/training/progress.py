"""The progress bar: epoch, loss, monitored metric and time left, where a person looks on."""

import sys
from types import TracebackType
from typing import Self

from tqdm import tqdm

from trainyard.reports.text import seconds_text
from trainyard.training.plan import Plan
from trainyard.training.stop import Stop


class Progress:
    """A bar over the minibatches of a training, on stderr; nothing where that is no terminal or it is turned off."""

    def __init__(self, plan: Plan, stop: Stop, *, quiet: bool = False):
        training = plan.config.training
        self.minibatches, self.monitor, self.max_epochs = plan.minibatches, training.monitor, training.max_epochs
        self.stop, self.shown = stop, ""
        total = None if plan.total_steps is None else plan.total_steps * training.accumulate
        shown = training.progress and not quiet and sys.stderr.isatty()
        self.bar = tqdm(
            total=total, unit="batch", disable=not shown, leave=False, dynamic_ncols=True, mininterval=0.2, miniters=1
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.close()

    def step(self, epoch: int, minibatch: int) -> None:
        """Show that `minibatch` minibatches of an epoch (from 0) are done."""
        self._show_postfix()
        self.bar.update(epoch * self.minibatches + minibatch - self.bar.n)

    def epoch(self, epoch: int, metrics: dict[str, float]) -> None:
        """Show the metrics of an epoch (from 1)."""
        of = f"/{self.max_epochs}" if self.max_epochs else ""
        self.bar.set_description_str(f"epoch {epoch}{of}", refresh=False)
        shown = {"loss": metrics["train/loss"]}
        if self.monitor in metrics:
            shown[self.monitor] = metrics[self.monitor]
        self.shown = ", ".join(f"{name}={value:.4g}" for name, value in shown.items())
        self._show_postfix()

    def _show_postfix(self) -> None:
        """Show metrics and, where the bar cannot tell how much there is to come, the time left."""
        left = [] if self.bar.total or self.stop.time_left is None else [f"{seconds_text(self.stop.time_left)} left"]
        self.bar.set_postfix_str(", ".join([*left, *filter(None, [self.shown])]), refresh=False)
