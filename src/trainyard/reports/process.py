"""The reporter: a process of its own that draws while training goes on.

`python -m trainyard.reports.process` reads one request a line on its standard input, {"folder": ...}, and answers each
with a line on its standard output, {"plots": [...]} or {"problem": "..."}. It ends when its input does.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue

COMMAND = [sys.executable, "-P", "-m", "trainyard.reports.process"]
CLOSE_SECONDS = 5.0


class Reporter:
    """The training's side of the reporter."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        self._answers: Queue[list[Path] | str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def draw(self, folder: Path) -> None:
        """Ask for the plots of the run in `folder`, and go on."""
        if self._process.stdin is not None:
            with suppress(OSError):  # it is gone, which `result` tells
                self._process.stdin.write(json.dumps({"folder": str(folder.absolute())}) + "\n")
                self._process.stdin.flush()

    def result(self, seconds: float) -> list[Path] | str:
        """Wait for the oldest request that was not asked for yet: the plots, or a sentence why there are none."""
        try:
            return self._answers.get(timeout=seconds)
        except Empty:
            return f"The plots were not drawn within {seconds:g} s; draw them with: trainyard report"

    def close(self) -> None:
        """Let the process finish what it was asked for, and end it."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            answer = json.loads(line)
            self._answers.put(answer.get("problem") or [Path(plot) for plot in answer["plots"]])
        self._answers.put("The process that draws has ended; draw the plots with: trainyard report")


def start_reporter() -> Reporter:
    """Start the process that draws; it imports its plotting library at once."""
    return Reporter()


def serve() -> None:
    """Answer requests until there are no more."""
    os.nice(10)
    from trainyard.reports.draw import draw

    for line in sys.stdin:
        folder = Path(json.loads(line)["folder"])
        try:
            answer: dict[str, object] = {"plots": [str(plot) for plot in draw(folder)]}
        except Exception as error:  # noqa: BLE001  # whatever a plot does, the run goes on
            answer = {"problem": f"The plots could not be drawn ({type(error).__name__}: {error})."}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
