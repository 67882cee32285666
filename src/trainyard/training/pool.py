"""Processes of this machine that train the members of a sweep, so many at a time, each one member after the other.

A process that dies takes the member along that it was at, and no other: a new one takes its place. (The pools of joblib
and concurrent.futures end all their workers then.)
"""

import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from trainyard.training.outcome import Outcome, killed
from trainyard.training.stop import SIGNALS, Stop

POLL_SECONDS = 0.1
CLOSE_SECONDS = 10.0
BEGAN = "began"  # a worker's first word on a member; then comes the folder

Answers = queue.Queue[tuple["Worker", str]]


class Worker:
    """A process that reads a ticket a line and answers each with two lines: that it began, and its outcome."""

    def __init__(self, command: Sequence[str], answers: Answers):
        self.number: int | None = None  # of the member that it trains
        self.folder = Path()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self._reader = threading.Thread(target=self._read, args=(answers,), daemon=True)
        self._reader.start()

    def give(self, number: int, ticket: str) -> None:
        """Let it train a member."""
        self.number, self.folder = number, Path()
        if self._process.stdin is not None:
            with suppress(OSError):  # it is gone, which its answers tell
                self._process.stdin.write(ticket + "\n")
                self._process.stdin.flush()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        with suppress(OSError):
            self._process.send_signal(number)

    def end(self) -> None:
        """Let it go, by force where it does not within seconds."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(CLOSE_SECONDS if self.number is not None else POLL_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def last_words(self) -> str:
        """Return how a process that has ended did so."""
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return "was ended by SIGKILL; perhaps the memory was full"
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def _read(self, answers: Answers) -> None:
        for line in self._process.stdout or ():
            answers.put((self, line))
        answers.put((self, ""))


class Pool:
    """Workers that are started when there is something to train, `size` of them at most."""

    def __init__(self, command: Sequence[str], size: int):
        self._command, self._size = command, size
        self._workers: list[Worker] = []
        self._answers: Answers = queue.Queue()

    def train(self, tickets: Mapping[int, str], stop: Stop) -> Iterator[Outcome]:
        """Yield the outcomes of members as they end, given their tickets by number.

        A signal that `stop` knows of is passed on to the processes once, and no further member begins.
        """
        waiting = deque(tickets.items())
        passed_on = False
        while True:
            if stop.reason is not None:
                waiting.clear()
                if not passed_on:
                    self._pass_on(stop)
                    passed_on = True
            self._hand_out(waiting)
            if not self._busy():
                return
            with suppress(queue.Empty):
                outcome = self._hear(*self._answers.get(timeout=POLL_SECONDS))
                if outcome is not None:
                    yield outcome

    def close(self) -> None:
        """End the workers. Where one still trains, a second signal has come, and it is told so."""
        for worker in self._busy():
            worker.signal(signal.SIGINT)
        for worker in self._workers:
            worker.end()
        self._workers = []

    def _busy(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.number is not None]

    def _pass_on(self, stop: Stop) -> None:
        number = next((number for number, reason in SIGNALS.items() if reason == stop.reason), signal.SIGTERM)
        for worker in self._busy():
            worker.signal(number)

    def _hand_out(self, waiting: deque[tuple[int, str]]) -> None:
        while waiting:
            idle = next((worker for worker in self._workers if worker.number is None), None)
            if idle is None:
                if len(self._workers) >= self._size:
                    return
                idle = Worker(self._command, self._answers)
                self._workers.append(idle)
            idle.give(*waiting.popleft())

    def _hear(self, worker: Worker, line: str) -> Outcome | None:
        """Take in a line of a worker, an empty one when it has ended; return the outcome that it tells of."""
        number = worker.number
        if not line:
            self._workers.remove(worker)
            worker.end()
            return None if number is None else killed(number, worker.folder, worker.last_words())
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == BEGAN:
            worker.folder = Path(rest)
            return None
        worker.number = None
        return Outcome.from_json(line)
