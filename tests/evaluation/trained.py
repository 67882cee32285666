"""A project with a few small trained runs, made once for all tests of a process that ask for it."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from trainyard.config.compose import compose
from trainyard.training.run import run

QUICK = (
    "training.max_epochs=2", "tracking=off", "training.progress=false", "accelerator=cpu", "accelerator.threads=1",
    "network.hidden=[16]",
)  # fmt: skip
RUNS = {
    "digits": ("dataset=digits",),
    "calibrated": ("dataset=wine", "model=classifier", "model.calibrate=true"),
    "salmon": ("dataset=salmon", "dataset.rows=600"),
}


@cache
def trained(name: str) -> Path:
    """Return the folder of a trained run; its project root is three folders up."""
    folder = _root() / "runs" / "made" / name
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAINYARD_ROOT", str(_root()))
        result = run(compose([*QUICK, *RUNS[name]]), folder=folder, overrides=RUNS[name], command="train.py")
    assert result.status == "FINISHED"
    return folder


def root_of(folder: Path) -> Path:
    return folder.parents[2]


@cache
def _root() -> Path:
    root = Path(mkdtemp(prefix="trained-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root
