"""Runs as the tests make them."""

import signal
import subprocess
import sys
from pathlib import Path

from trainyard.tracking.journal import Journal


def create(folder: Path, **options) -> Journal:
    """A journal with the values that a test does not care about filled in."""
    return Journal.create(folder, **{"kind": "run", "experiment": "e", "name": "n", "sync": False, **options})


WRITER = """
import sys, time
from pathlib import Path
from trainyard.tracking.journal import Journal
journal = Journal.create(Path(sys.argv[1]), kind="run", experiment="e", name="n")
journal.metrics({"val/loss": 1.0}, 1)
print("ready", flush=True)
"""


def writer(folder: Path, then: str = "time.sleep(60)") -> subprocess.Popen:
    """A process that has the journal of `folder` open."""
    process = subprocess.Popen([sys.executable, "-c", WRITER + then, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
