"""When training has to end before its last epoch: a signal or a deadline, seen between two minibatches."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_CODES = {"interrupted": 130, "terminated": 143, "requeued": 143}
SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
REQUEUE = {signal.SIGUSR1: "requeued"}  # Slurm's, by --signal=SIGUSR1@90


class Stop:
    """Why training has to end, None while it has not to."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self.deadline: float | None = None

    def limit(self, seconds: float) -> None:
        """Let training end `seconds` from now."""
        self.deadline = time.monotonic() + seconds

    def poll(self) -> bool:
        """Return whether training has to end; cheap enough to ask after each minibatch."""
        if self.reason is None and self.deadline is not None and time.monotonic() >= self.deadline:
            self.reason = "max_time"
        return self.reason is not None

    @property
    def time_left(self) -> float | None:
        """Seconds to the deadline, None where there is none."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    @property
    def exit_code(self) -> int:
        """130 after Ctrl-C, 143 after SIGTERM and before a requeue, else 0."""
        return EXIT_CODES.get(self.reason or "", 0)


def interrupt_in_order() -> None:
    """Let Ctrl-C raise KeyboardInterrupt from here on, so that what has begun is cleaned up, unless it is ignored."""
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def stop_on_signals(stop: Stop) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end training in order; a second one ends the process at once.

    In a job of Slurm so does the signal that comes before its time is over. Of processes that share a training each
    gets the signal, and one may know of it from another before its own arrives: that own one is still its first.
    """
    known = {**SIGNALS, **(REQUEUE if "SLURM_JOB_ID" in os.environ else {})}

    got: list[str] = []

    def handle(number: int, frame: FrameType | None) -> None:
        reason = known[signal.Signals(number)]
        if got and reason != "requeued":
            signal.default_int_handler(number, frame)
        got.append(reason)
        stop.reason = reason

    before = {number: signal.signal(number, handle) for number in known}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
