"""The gate before each turn of an engine: its process waits there until the parent lets it train an epoch."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

SETTLE = 0.01  # seconds for which idle threads of a pool spin at most before they sleep
OPENBLAS_SPIN = "22"  # 2^22 cycles, a few milliseconds; its own choice is a tenth of a second


class Channel:
    """Messages of JSON, one a line, from the parent and to it."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO):
        self.incoming, self.outgoing = incoming, outgoing

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield what comes, until the parent closes its end or dies."""
        for line in iter(self.incoming.readline, b""):
            yield json.loads(line)

    def send(self, **values: Any) -> None:
        """Send a message."""
        self.outgoing.write(json.dumps(values).encode() + b"\n")
        self.outgoing.flush()


class Gate:
    """Times the turns of an engine, each an epoch that the parent asks for; an engine opens and closes it in a loop."""

    def __init__(
        self, messages: Iterator[dict[str, Any]], send: Callable[..., None], *, settle: float,
        synchronize: Callable[[], object] = lambda: None,
    ):  # fmt: skip
        self.messages, self.send, self.settle, self.synchronize = messages, send, settle, synchronize
        self._begun = 0.0

    def open(self) -> bool:
        """Wait for the next turn and start the clock; return False where there is to be none."""
        if next(self.messages, {}).get("do") != "turn":
            return False
        self._begun = time.perf_counter()
        return True

    def close(self) -> None:
        """Stop the clock, let the threads come to rest, and tell the parent."""
        self.synchronize()
        seconds = time.perf_counter() - self._begun
        time.sleep(self.settle)
        self.send(seconds=seconds)
