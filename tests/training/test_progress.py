import io
import sys

import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.training.plan import plan_run
from trainyard.training.progress import Progress
from trainyard.training.stop import Stop


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(monkeypatch, stream, left=None, quiet=False, **settings):
    monkeypatch.setattr(sys, "stderr", stream)
    config = make_config(**{"progress": True, "max_epochs": 2, **settings})
    plan = plan_run(config, make_prepared(), torch.device("cpu"))
    stop = Stop()
    if left is not None:
        stop.limit(left)
    with Progress(plan, stop, quiet=quiet) as progress:
        progress.bar.mininterval = 0
        progress.step(0, 13)
        progress.epoch(1, {"train/loss": 0.5, "val/loss": 0.25})
        progress.step(1, 5)
    return stream.getvalue()


def test_a_terminal_shows_epoch_loss_monitor_and_time_left(monkeypatch):
    text = shown(monkeypatch, Terminal())
    for expected in ("epoch 1/2", "loss=0.5", "val/loss=0.25", "18/26"):
        assert expected in text


def test_without_a_limit_of_epochs_it_counts(monkeypatch):
    text = shown(monkeypatch, Terminal(), left=200.2, max_epochs=None, max_time="1h")
    assert "epoch 1:" in text
    assert "18batch" in text
    assert "3 min 20 s left, loss=0.5" in text


def test_with_a_limit_of_epochs_the_bar_tells_the_time_itself(monkeypatch):
    assert "left" not in shown(monkeypatch, Terminal(), left=3599.8)


@pytest.mark.parametrize(("stream", "progress"), [(io.StringIO(), True), (Terminal(), False)])
def test_it_is_quiet_elsewhere(monkeypatch, stream, progress):
    assert shown(monkeypatch, stream, progress=progress) == ""


def test_a_quiet_one_shows_nothing(monkeypatch):
    assert shown(monkeypatch, Terminal(), quiet=True) == ""
