"""A training with one setting, in a process of its own, that the tuner gives turns to."""

import json
import math
import select
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import Any

from trainyard.benchmark.tune_axes import Setting

WORKER = [sys.executable, "-P", "-m", "trainyard.benchmark.tune_worker"]
START_SECONDS = 120.0  # imports and a plan, on a machine that is busy


class Trainee:
    """A training that waits for its turns. `losses` holds what each one ended with; `problem` why there are no more."""

    def __init__(self, setting: Setting, asked: str, command: list[str] = WORKER):
        self.setting = setting
        self.losses: list[float] = []
        self.problem: str | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True,
            start_new_session=True,
        )  # fmt: skip
        self._tell(asked)

    def wait(self) -> None:
        """Wait until it is ready for its first turn."""
        self._hear(START_SECONDS)

    def turn(self, epochs: int, seconds: float) -> None:
        """Let it train so many epochs; it is ended where that takes more than `seconds`. One that failed does nothing.
        """
        if self.problem is None:
            self._tell(str(epochs))
            answer = self._hear(seconds)
            if answer is not None:
                self.losses.append(answer["loss"])
                if not math.isfinite(answer["loss"]):
                    self._fail("the loss is no longer a number")

    def close(self) -> None:
        """End the process; nothing of it is to be kept."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _tell(self, line: str) -> None:
        if self._process.stdin is not None:
            with suppress(OSError):  # it is gone, which its answer tells
                self._process.stdin.write(line + "\n")
                self._process.stdin.flush()

    def _hear(self, seconds: float) -> dict[str, Any] | None:
        """Return its answer, None where there is none and `problem` says why."""
        stdout = self._process.stdout
        if stdout is None or not select.select([stdout], [], [], max(seconds, 0.0))[0]:
            self._fail(f"was not through its turn after {seconds:.0f} s, where others are")
            return None
        line = stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": self._last_words()}
        if "error" in answer:
            self._fail(str(answer["error"]).strip().partition("\n")[0])
            return None
        return answer

    def _fail(self, problem: str) -> None:
        self.problem = problem
        self._process.kill()

    def _last_words(self) -> str:
        code = self._process.wait()
        if code < 0:
            return f"the process was ended by {signal.Signals(-code).name}; perhaps the memory was full"
        self._errors.seek(0)
        words = self._errors.read().decode(errors="replace").strip().splitlines()
        return words[-1] if words else f"the process ended with exit code {code}"
