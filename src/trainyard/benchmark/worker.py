"""The parent's end of an engine's process: started, asked, waited for, ended."""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

from trainyard.benchmark.engines import Spec
from trainyard.benchmark.gate import OPENBLAS_SPIN
from trainyard.errors import TrainyardError

LAST_WORDS = 300  # characters of what a process wrote before it died


class CannotError(TrainyardError):
    """What an engine cannot do, in a sentence; it goes on."""


class GoneError(TrainyardError):
    """An engine's process that has ended, or was ended as it took too long."""


class Worker:
    """The process of one engine. Its own session, so that Ctrl-C reaches the parent alone, who ends it."""

    def __init__(self, spec: Spec, command: Sequence[str] | None = None):
        self.spec = spec
        self._words = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `end`
        self._unread = b""
        command = command or [sys.executable, "-m", "trainyard.benchmark.child", json.dumps(spec.as_dict())]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words, bufsize=0,
            env={**os.environ, **thread_limits(spec.threads)}, start_new_session=True,
        )  # fmt: skip

    def ask(self, patience: float, **message: Any) -> dict[str, Any]:
        """Send a message and return its answer, as `hear` does."""
        self.tell(**message)
        return self.hear(patience)

    def tell(self, **message: Any) -> None:
        """Send a message without waiting for its answer."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
        except (BrokenPipeError, ValueError):  # ValueError: closed, as it was ended
            raise self._gone() from None

    def hear(self, patience: float) -> dict[str, Any]:
        """Return the next answer; raise CannotError, or GoneError after `patience` seconds without one."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + patience
        while b"\n" not in self._unread:
            left = deadline - time.monotonic()
            if not select.select([self.process.stdout], [], [], max(0.0, left))[0]:
                self.end()
                raise GoneError(f"not done after {patience:.0f} s")
            piece = os.read(self.process.stdout.fileno(), 1 << 16)
            if not piece:
                raise self._gone()
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        if "cannot" in answer:
            raise CannotError(answer["cannot"])
        return answer

    def end(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self._words):
            if stream is not None:
                stream.close()

    def _gone(self) -> GoneError:
        code = self.process.wait()
        lines = self._last_words()
        self.end()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return GoneError(f"its process {how}{': ' + lines[-1][-LAST_WORDS:] if lines else ''}")

    def _last_words(self) -> list[str]:
        if self._words.closed:
            return []
        self._words.seek(0)
        return self._words.read().decode(errors="replace").strip().splitlines()


def thread_limits(threads: int) -> dict[str, str]:
    """Return the environment that pins the threads of a process and lets idle ones sleep soon."""
    counts = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    return {**counts, "KMP_BLOCKTIME": "1", "OPENBLAS_THREAD_TIMEOUT": OPENBLAS_SPIN}
