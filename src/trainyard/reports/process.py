"""The reporter: a process of its own that draws while training goes on.

`python -m trainyard.reports.process` reads one request a line on its standard input, {"number": 0, "folder": ...}, and
answers each with a line on its standard output, {"number": 0, "plots": [...]} or {"number": 0, "problem": "..."}. It
ends when its input does, so it never outlives the training by more than the plots it is at.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO

COMMAND = [sys.executable, "-P", "-m", "trainyard.reports.process"]
CLOSE_SECONDS = 5.0
NICENESS = 10  # training comes first
LATER = "draw them with: trainyard report"


class Reporter:
    """The training's side of the reporter. Whatever happens to the process, no method raises."""

    def __init__(self) -> None:
        self._asked: deque[int] = deque()  # numbers of requests whose result was not collected
        self._count = 0
        self._answers: dict[int, list[Path] | str] = {}
        self._answered = threading.Condition()
        self._ended: str | None = None
        try:
            self._process: subprocess.Popen[str] | None = subprocess.Popen(
                COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                start_new_session=True, env={**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"},
            )  # fmt: skip
        except OSError as error:
            self._process = None
            self._ended = f"The process that draws plots could not be started ({error}); {LATER}"
            return
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def draw(self, folder: Path) -> None:
        """Ask for the plots of the run in `folder`, and go on."""
        number, self._count = self._count, self._count + 1
        self._asked.append(number)
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError, ValueError):  # it is gone or closed, which `result` tells
                request = {"number": number, "folder": str(folder.absolute())}
                self._process.stdin.write(json.dumps(request) + "\n")
                self._process.stdin.flush()

    def result(self, timeout: float) -> list[Path] | str:
        """Wait up to `timeout` seconds for the oldest request not collected yet: the plots, or a sentence why not."""
        if not self._asked:
            return "No plots were asked for."
        number = self._asked.popleft()
        with self._answered:
            self._answered.wait_for(lambda: number in self._answers or self._ended is not None, timeout)
            if number in self._answers:
                return self._answers.pop(number)
            return self._ended or f"The plots were not drawn within {timeout:g} s; {LATER}"

    def close(self) -> None:
        """End the process, after what it was asked for and nobody waited for, if that takes no more than seconds."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return
        with suppress(OSError):
            process.stdin.close()
        if not self._asked:
            process.kill()  # it may still be importing
        try:
            process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join()
        process.stdout.close()

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            answer = json.loads(line)
            with self._answered:
                plots = [Path(plot) for plot in answer.get("plots", ())]
                self._answers[answer["number"]] = answer.get("problem") or plots
                self._answered.notify_all()
        code = process.wait()
        why = f"was ended by {signal.Signals(-code).name}" if code < 0 else "ended"
        with self._answered:
            self._ended = f"The process that draws plots {why} before it had drawn them; {LATER}"
            self._answered.notify_all()


def start_reporter() -> Reporter:
    """Start the process that draws; it imports its plotting library at once, while the caller goes on."""
    return Reporter()


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answer requests until there are no more."""
    with suppress(Exception):  # told when plots are asked for
        import trainyard.reports.draw  # noqa: F401  # while training goes on
    for line in requests:
        request = json.loads(line)
        answer: dict[str, object] = {"number": request["number"]}
        try:
            from trainyard.reports.draw import draw

            answer["plots"] = [str(plot) for plot in draw(Path(request["folder"]))]
        except Exception as error:  # noqa: BLE001  # whatever a plot does, the run goes on
            answer["problem"] = f"The plots could not be drawn ({type(error).__name__}: {error})."
        print(json.dumps(answer), file=answers, flush=True)


def main() -> None:
    """Serve on this process's streams; what a library prints goes to standard error."""
    os.nice(NICENESS)
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers, suppress(BrokenPipeError):
        os.dup2(2, 1)
        serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
