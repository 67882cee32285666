"""Where an evaluation goes: a new folder or that of an earlier one, which is known before anything is computed."""

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


def _is_evaluation(folder: Path) -> bool:
    """Whether all that lies in a folder is of an evaluation; files that a system hides do not count."""
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    plots = folder / PLOTS
    drawn = {path.name for path in plots.iterdir() if not path.name.startswith(".")} if plots.is_dir() else set()
    groups = {name for name in names if name.startswith("by_") and name.endswith(".csv")}
    whole = METRICS not in names or PREDICTIONS in names
    return whole and names - groups <= {METRICS, PREDICTIONS, PLOTS} and drawn <= {*PICTURES}
