"""When training has to end before its last epoch: a signal or a deadline, seen between two minibatches."""

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_CODES = {"interrupted": 130, "terminated": 143}
SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


def seconds_of(time_limit: str | None) -> float | None:
    """Return the seconds of 90s, 15m, 2h, 1d, 90 or [HH:]MM:SS, None for None; ValueError for anything else."""
    if time_limit is None:
        return None
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd]?)", time_limit.strip()):
        return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]
    if re.fullmatch(r"(\d+:)?\d{1,2}:\d{2}", time_limit.strip()):
        seconds = 0
        for part in time_limit.split(":"):
            seconds = seconds * 60 + int(part)
        return float(seconds)
    raise ValueError(f"{time_limit!r} is no time: write 90s, 15m, 2h or 01:30:00")


class Stop:
    """Why training has to end, None while it has not to."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self.deadline: float | None = None

    def limit(self, seconds: float | None) -> None:
        """Let training end `seconds` from now."""
        self.deadline = None if seconds is None else time.monotonic() + seconds

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
