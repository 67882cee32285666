"""Where the project is: the folder that runs, mlflow.db, its artifacts and the cache hang from, and its configs."""

import os
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def project_root() -> Path:
    """Return TRAINYARD_ROOT, else DVC_ROOT, else the nearest project folder up from here, else this folder.

    A project folder has `conf/` and `train.py`, or `.trainyard`. In the temporary folders of `dvc exp run`, DVC_ROOT
    names the repository that the experiment belongs to, and the project is the same folder there.
    """
    if os.environ.get("TRAINYARD_ROOT"):
        return Path(os.environ["TRAINYARD_ROOT"]).expanduser().resolve()
    here = Path.cwd()
    is_project = (folder for folder in _upwards(here) if _has_front_door(folder) or (folder / ".trainyard").exists())
    found = next(is_project, None)
    if not os.environ.get("DVC_ROOT"):
        return found or here
    repository = Path(os.environ["DVC_ROOT"]).expanduser().resolve()
    copy = next((folder for folder in _upwards(found or here) if (folder / ".dvc").is_dir()), None)
    return repository if found is None or copy is None else repository / found.relative_to(copy)


def code_root() -> Path:
    """Return the folder whose code runs: the nearest one up from here with `conf/` and `train.py`, else the root.

    It is not the project root where runs go elsewhere (TRAINYARD_ROOT), nor in the folders of `dvc exp run --queue`.
    """
    return next((folder for folder in _upwards(Path.cwd()) if _has_front_door(folder)), None) or project_root()


def config_folders() -> list[Path]:
    """Return the folders to search for configs, the user's own before the ones that came with Trainyard.

    The user's is the `conf/` of the nearest folder up from here that has `conf/` and `train.py`, else of the project
    root. Trainyard's own lies in the installed package, or in the checkout that the package is imported from.
    """
    own = PACKAGE / "conf" if (PACKAGE / "conf").is_dir() else PACKAGE.parent.parent / "conf"
    return list(dict.fromkeys(folder for folder in (code_root() / "conf", own) if folder.is_dir()))


def _has_front_door(folder: Path) -> bool:
    return (folder / "conf").is_dir() and (folder / "train.py").is_file()


def _upwards(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.parents
