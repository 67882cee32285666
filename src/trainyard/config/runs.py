"""Finding a run by what a person calls it: run=latest, run=<folder>, run=<the id at the end of its folder's name>.

And where a new one has its folder.
"""

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from trainyard.config.nearest import did_you_mean, listed
from trainyard.errors import ConfigError

JOURNAL = "journal.jsonl"
DEEPEST = 3  # runs/<experiment>/<run or sweep>/<member>


def find_run(name: str, root: Path, key: str = "run") -> Path:
    """Return the folder of the run `name`; raise ConfigError where there is none, or several, naming the key.

    `latest` is the newest finished one. Else a folder is meant (from here, or from runs/), or the end of the folder's
    name (3f15b1), or the id of the run in its journal or in MLflow, or the start of one.
    """
    runs = root / "runs"
    if name == "latest":
        if not (runs / "latest" / JOURNAL).is_file():
            raise ConfigError(f"{key}=latest: no run in {runs} has finished yet; name one by its folder")
        return (runs / "latest").resolve()
    for folder in (Path(name).expanduser(), root / name, runs / name):
        if (folder / JOURNAL).is_file():
            return folder.resolve()
    if Path(name).is_dir():
        raise ConfigError(f"{key}={name}: this folder holds no run; a run's folder has a {JOURNAL}")
    folders = list(run_folders(root))
    found = [folder for folder in folders if folder.name == name or folder.name.endswith(f"-{name}")]
    found = found or [folder for folder in folders if any(one.startswith(name) for one in _ids(folder))]
    if len(found) == 1:
        return found[0]
    if found:
        shown = listed([str(folder.relative_to(root)) for folder in found[:5]], "or")
        raise ConfigError(f"{key}={name}: several runs are called so: {shown}")
    endings = [folder.name.rsplit("-", 1)[-1] for folder in folders]
    raise ConfigError(f"{key}={name}: no such run in {runs}{did_you_mean(name, endings)}")


def new_run_folder(root: Path, experiment: str) -> Path:
    """Return where a new run of an experiment has its folder, named by the time and a few digits of its own."""
    from trainyard.config.resolvers import folder_name

    return root / "runs" / folder_name(experiment) / f"{time.strftime('%Y-%m-%d_%H-%M-%S')}-{secrets.token_hex(3)}"


def newest_run(root: Path) -> Path:
    """Return the folder of the run that was begun last, however it ended; raise ConfigError where there is none."""
    begun = [(folder, _first(folder)) for folder in run_folders(root)]
    times = {folder: float(str(first.get("time", 0))) for folder, first in begun if first.get("kind") != "sweep"}
    if not times:
        raise ConfigError(f"resume=latest: there is no run in {root / 'runs'} yet")
    return max(times, key=times.__getitem__).resolve()


def run_folders(root: Path) -> Iterator[Path]:
    """Yield the folders of all runs and sweeps of the project, and then of the members of sweeps, by name."""
    runs = root / "runs"
    for depth in range(2, DEEPEST + 1):
        yield from sorted(path.parent for path in runs.glob("/".join(["*"] * depth + [JOURNAL])) if _is_own(path, runs))


def _is_own(journal: Path, runs: Path) -> bool:
    return journal.relative_to(runs).parts[0] != "latest"


def _ids(folder: Path) -> Iterator[str]:
    """Yield the ids of a run: that of its journal, that of MLflow."""
    if isinstance(value := _first(folder).get("id"), str):
        yield value
    link = folder / "mlflow.json"
    if link.is_file() and isinstance(value := _parsed(link.read_text(encoding="utf-8")).get("run_id"), str):
        yield value


def _first(folder: Path) -> dict[str, object]:
    with (folder / JOURNAL).open(encoding="utf-8") as journal:
        return _parsed(journal.readline())


def _parsed(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
