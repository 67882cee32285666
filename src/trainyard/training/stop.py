"""When training has to end before its last epoch: a signal or a deadline, seen between two minibatches."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_CODES = {"interrupted": 130, "terminated": 143}
SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


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
    def exit_code(self) -> int:
        """130 after Ctrl-C, 143 after SIGTERM, else 0."""
        return EXIT_CODES.get(self.reason or "", 0)


@contextmanager
def stop_on_signals(stop: Stop) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end training in order; the same signal a second time ends the process at once."""

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.reason in EXIT_CODES:
            signal.default_int_handler(number, frame)
        stop.reason = SIGNALS[signal.Signals(number)]

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
