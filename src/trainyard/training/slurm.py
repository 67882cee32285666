"""Jobs of Slurm that are put back into the queue before their time is over, and go on with their run after that."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from trainyard.files import write_text

FOLDER = ".trainyard/slurm"
SECONDS = 30.0


def job() -> str | None:
    """Return what names this job, also one of an array; None outside of Slurm."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ.get("SLURM_JOB_ID")


def remember(root: Path, folder: Path) -> None:
    """Note the run of this job, for the job when it starts again."""
    if (name := job()) is not None:
        write_text(root / FOLDER / name, f"{folder}\n")


def run_before(root: Path) -> Path | None:
    """Return the folder of the run that this job began before it was put back into the queue; None on a first start."""
    name = job()
    if name is None or os.environ.get("SLURM_RESTART_COUNT", "0") in ("", "0"):
        return None
    with suppress(OSError):
        folder = Path((root / FOLDER / name).read_text(encoding="utf-8").strip())
        return folder if folder.is_dir() else None
    return None


def requeue() -> str | None:
    """Have Slurm put this job back into its queue; a sentence where it did not."""
    name = job()
    try:
        done = subprocess.run(
            ["scontrol", "requeue", str(name)], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Slurm could not be asked to queue job {name} again ({error})."
    return None if done.returncode == 0 else f"Slurm did not queue job {name} again: {done.stderr.strip()}"
