"""A stage of a DVC pipeline that was stopped, and goes on with its run if nothing that matters has changed since."""

import hashlib
import json
import os
import sys
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path

from trainyard.config.resuming import FREELY
from trainyard.config.root import PACKAGE, project_root
from trainyard.config.schema.run import Config
from trainyard.config.text import to_dict
from trainyard.data.identity import rows_of
from trainyard.files import write_text
from trainyard.lineage.digest import bytes_md5
from trainyard.tracking.lock import is_locked
from trainyard.tracking.reading import JOURNAL_LOCK

FOLDER = ".trainyard/stages"


def stage() -> str | None:
    """Return the stage of a DVC pipeline that this process is run by, such as train@digits; None outside of one."""
    return os.environ.get("DVC_STAGE") or None


def remember_stage(root: Path, config: Config, folder: Path) -> None:
    """Note the run of this stage, for when it is run again after it was stopped."""
    if stage() is not None:
        write_text(_note(root, config), f"{folder.absolute()}\n")


def forget_stage(root: Path, config: Config) -> None:
    """Remove the note of this stage: what came out of its run has been handed on."""
    if stage() is not None:
        _note(root, config).unlink(missing_ok=True)


def begun_before(root: Path, config: Config) -> Path | None:
    """Return the folder of a run that this stage began on the same config, data and code, and could not hand on.

    None where there is none, one that is still training, or one that has no state to go on from.
    """
    if stage() is None:
        return None
    with suppress(OSError):
        folder = Path(_note(root, config).read_text(encoding="utf-8").strip())
        begun = any(folder.glob("checkpoints/step-*.safetensors")) and not is_locked(folder / JOURNAL_LOCK)
        return folder if begun else None
    return None


def _note(root: Path, config: Config) -> Path:
    """Return the file that is named by stage, config, data and code."""
    values = to_dict(config)
    for key in FREELY:
        section, _, name = key.rpartition(".")
        (values[section] if section else values).pop(name, None)
    identity = [stage(), values, rows_of(config.dataset, root / ".trainyard" / "digests"), code_md5(config.trusted)]
    return root / FOLDER / bytes_md5(json.dumps(identity, sort_keys=True, default=str).encode())


def code_md5(trusted: tuple[str, ...] = ()) -> str:
    """Return the md5 over the Python files of Trainyard and of the packages that a config may name."""
    digest = hashlib.md5(usedforsecurity=False)
    for folder_or_file in (PACKAGE, *_places(trusted)):
        files = sorted(folder_or_file.rglob("*.py")) if folder_or_file.is_dir() else [folder_or_file]
        for file in files:
            name = file.relative_to(folder_or_file.parent).as_posix()
            digest.update(name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _places(packages: tuple[str, ...]) -> list[Path]:
    """Return the folder or file of each package, found without importing it."""
    searched = [*sys.path, str(project_root())]
    specs = [PathFinder.find_spec(name.partition(".")[0], searched) for name in packages]
    places: list[Path] = []
    for spec in specs:
        if spec is not None and spec.submodule_search_locations:
            places += map(Path, spec.submodule_search_locations)
        elif spec is not None and spec.origin:
            places.append(Path(spec.origin))
    return places
