"""Where what is found out about a model goes: known before anything is computed, and beside what was found before."""

import filecmp
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

from trainyard.errors import ConfigError
from trainyard.files import cannot_write

METRICS, PREDICTIONS, PLOTS = "metrics.json", "predictions.csv", "plots"
PICTURES = ("confusion_matrix.png", "roc.png", "predicted_actual.png", "residuals.png")


def check_output(folder: Path) -> None:
    """Raise ConfigError for a folder that holds something else than an earlier evaluation, or cannot be written."""
    if folder.is_file():
        raise ConfigError(f"output={folder}: is a file; name a folder")
    if folder.is_dir() and not _is_evaluation(folder):
        raise ConfigError(f"output={folder}: holds something else than an earlier evaluation; name a new folder")
    problem = cannot_write(folder)
    if problem is not None:
        raise ConfigError(f"output={folder}: cannot be written ({problem}); name another folder")


def write_apart(folder: Path, write: Callable[[Path], Sequence[Path]]) -> tuple[Path, list[Path]]:
    """Have files written into a folder and return it with them; folder-2, -3, ... where it holds others of these names.

    Equal files stay where they are. Pictures are compared only where nothing else is written, as their bytes depend on
    more than what they show.
    """
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        files = [file.relative_to(partial) for file in write(partial)]
        telling = [file for file in files if file.suffix != ".png"] or files
        place = next(each for each in _places(folder) if not any(
            (each / file).exists() and not filecmp.cmp(partial / file, each / file, shallow=False) for file in telling
        ))  # fmt: skip
        for file in files:
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            (partial / file).replace(place / file)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return place, [place / file for file in files]


def _places(folder: Path) -> Iterator[Path]:
    yield folder
    for number in count(2):
        yield folder.with_name(f"{folder.name}-{number}")


def _is_evaluation(folder: Path) -> bool:
    """Whether all that lies in a folder is of an evaluation; files that a system hides do not count."""
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    plots = folder / PLOTS
    drawn = {path.name for path in plots.iterdir() if not path.name.startswith(".")} if plots.is_dir() else set()
    groups = {name for name in names if name.startswith("by_") and name.endswith(".csv")}
    whole = METRICS not in names or PREDICTIONS in names
    return whole and names - groups <= {METRICS, PREDICTIONS, PLOTS} and drawn <= {*PICTURES}
