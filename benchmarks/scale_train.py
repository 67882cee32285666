"""`python train.py` as it is measured by benchmarks/scale.py.

Operators are not recorded. After each epoch the seconds that the processor has spent on this process are noted, which
do not depend on who else uses the machine. A training maps its rows where they would take more than a share of the free
memory; TRAINYARD_MAPPED lets that share be none.
"""

import os
import time
from pathlib import Path

CPU_SECONDS = "cpu_seconds.txt"  # in the current folder, a line for each epoch


def main() -> None:
    """Train as the command line says."""
    from trainyard.__main__ import train
    from trainyard.tracking.journal import Journal
    from trainyard.training import accelerator, profile

    if os.environ.get("TRAINYARD_MAPPED"):
        accelerator.RESIDENT_SHARE = 0.0
    write = Journal.metrics

    def note(journal: Journal, values: dict[str, float], step: int) -> None:
        write(journal, values, step)
        if "train/loss" in values:
            with Path(CPU_SECONDS).open("a", encoding="utf-8") as file:
                file.write(f"{time.process_time()}\n")

    Journal.metrics = note  # type: ignore[method-assign,assignment]
    profile.record_operators = lambda _plan: profile.Operators([])
    train()


if __name__ == "__main__":
    main()
