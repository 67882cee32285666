"""Capturing without a GPU: CUDA's streams and graphs are stood in for, to see what is done on which of them."""

from contextlib import contextmanager

import pytest
import torch

from trainyard.training.capture import WARM_UPS, capture

CPU = torch.device("cpu")


class Stream:
    def __init__(self, name, log):
        self.name, self.log = name, log

    def wait_stream(self, other):
        self.log.append(f"{self.name} waits for {other.name}")


@pytest.fixture
def log(monkeypatch):
    """What was done, in order; a graph captures by doing, and is told how often it is replayed."""
    done = []
    main, side = Stream("main", done), Stream("side", done)

    @contextmanager
    def on(stream):
        done.append(f"on {stream.name}")
        yield

    @contextmanager
    def captured(graph, stream):
        done.append(f"captured on {stream.name}")
        yield

    class Graph:
        def replay(self):
            done.append("replayed")

    for name, stand_in in {
        "current_stream": lambda _: main, "Stream": lambda _: side, "stream": on, "graph": captured, "CUDAGraph": Graph,
    }.items():  # fmt: skip
        monkeypatch.setattr(torch.cuda, name, stand_in)
    return done


def test_it_warms_up_on_another_stream_and_captures_what_was_brought_back(log):
    loss = torch.tensor(1.0)

    def work():
        log.append("work")
        return loss

    replay = capture(work, CPU, lambda: log.append("restored"))
    assert log == [
        "side waits for main", "on side", *["work"] * WARM_UPS, "main waits for side", "restored", "on main",
        "captured on side", "work",
    ]  # fmt: skip
    first = replay()
    loss.fill_(2.0)
    assert (log[-1], float(first), float(replay())) == ("replayed", 1.0, 2.0)


@pytest.mark.parametrize("works", [0, WARM_UPS], ids=["in the warm-up", "in the capture"])
def test_what_fails_is_brought_back_and_not_captured(log, works):
    def work():
        if log.count("work") == works:
            raise torch.cuda.OutOfMemoryError("none left")
        log.append("work")
        return torch.tensor(1.0)

    assert capture(work, CPU, lambda: log.append("restored")) is None
    assert log[-1] == "restored"


@pytest.mark.gpu
def test_a_graph_does_the_work_again_on_what_lies_there_now():
    place = torch.zeros(4, device="cuda")
    total = torch.zeros(4, device="cuda")
    replay = capture(lambda: total.add_(place).sum(), place.device, lambda: total.zero_())
    assert float(total.sum()) == 0
    place.fill_(1.0)
    assert [float(replay()) for _ in range(2)] == [4.0, 8.0]


@pytest.mark.gpu
def test_work_that_waits_for_the_device_is_not_captured_and_training_goes_on():
    total = torch.zeros(4, device="cuda")
    assert capture(lambda: total.add_(float(total.sum())), total.device, lambda: total.zero_()) is None
    torch.manual_seed(0)
    assert float((total + 1).sum()) == 4
    assert torch.cuda.current_stream() == torch.cuda.default_stream()
