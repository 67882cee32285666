"""A place in which a run can be run again: its code in a worktree, and its data."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from trainyard.errors import FaultsError, TrainyardError
from trainyard.lineage.code import ARCHIVE, DIFF
from trainyard.lineage.git import ask_git, git_top
from trainyard.lineage.restore import restore_code
from trainyard.reports.run_files import RunFiles
from trainyard.reproduction.data import restore_data

PATH_KEYS = {"train": "path", "val": "val_path", "test": "test_path"}  # part of the data -> key of the dataset


class MissingError(FaultsError):
    """What is missing to run a run again."""

    stage = "reproduction"


@dataclass(frozen=True)
class Workspace:
    """Where a run can be run again.

    - folder: where commands are typed; sources: the folder to import Trainyard from, None for the installed one
    - config: where the config to train goes; data: where the data lie, by key of the dataset
    """

    folder: Path
    config: Path
    data: Mapping[str, Path]
    sources: Path | None


def check_record(files: RunFiles) -> None:
    """Raise MissingError where what a run left of itself does not agree with itself, or it has not ended."""
    faults = []
    seeds = files.lineage.get("seeds", {})
    found = {"seed": files.config.get("seed"), "split_seed": files.config.get("dataset", {}).get("split_seed")}
    for key, value in found.items():
        if (made_with := seeds.get(key)) != value:
            faults.append(f"{files.folder / 'config.yaml'} has {key} {value}, but the run was made with {made_with}.")
    if not files.metrics:
        faults.append(f"{files.folder} has no final metrics to compare with: the run did not come to its end.")
    if faults:
        raise MissingError(faults)


@contextmanager
def open_workspace(files: RunFiles, root: Path, code_folder: Path) -> Iterator[Workspace]:
    """Give a place with the code and the data of a run, which goes when it is left.

    `code_folder` is where commands are typed in the repository that has the code. Raises MissingError with all that is
    missing: commit, uncommitted changes, data.
    """
    with TemporaryDirectory(prefix="trainyard-reproduce-") as name:
        place = Path(name).resolve()
        faults = list(_missing_code(files, code_folder))
        paths = _restore_all_data(files, root, place / "data", faults)
        if faults:
            raise MissingError(faults)
        top = git_top(code_folder)
        if top is None:
            raise MissingError(f"{code_folder} lies in no git repository, so no revision can be restored.")
        with _worktree(top, str(files.lineage["code"]["revision"]), place / "code") as code:
            restore_code(code, _existing(files.folder / DIFF), _existing(files.folder / ARCHIVE))
            folder = code / code_folder.resolve().relative_to(top.resolve())
            folder.mkdir(parents=True, exist_ok=True)  # commands may be typed where git has nothing
            sources = folder / "src"
            yield Workspace(folder, place / "config.yaml", paths, sources if (sources / "trainyard").is_dir() else None)


def _missing_code(files: RunFiles, code_folder: Path) -> Iterator[str]:
    code = files.lineage.get("code")
    if code is None or not code.get("revision"):
        yield "The run was made outside of git, so its code is not known."
        return
    revision = code["revision"]
    if ask_git(code_folder, "cat-file", "-e", f"{revision}^{{commit}}") is None:
        where = f"; fetch it from {code['remote']}" if code.get("remote") else ""
        yield f"The commit {revision} is not in the repository of {code_folder}{where}."
    if not code.get("diff_kept", True):
        yield "What was not committed was larger than 5 MB and was not kept."
    kept = {DIFF: code.get("dirty") and not code.get("untracked"), ARCHIVE: bool(code.get("saved"))}
    for name in (name for name, was_kept in kept.items() if was_kept and not (files.folder / name).exists()):
        yield f"{files.folder / name} is gone, so what was not committed is not known."


def _restore_all_data(files: RunFiles, root: Path, into: Path, faults: list[str]) -> dict[str, Path]:
    """Return a path by key of the dataset for each file that was read; add a fault for each that is not to be found."""
    found = {}
    for file in files.lineage.get("data", {}).get("files", ()):
        path = restore_data(file, root, into)
        if path is None:
            faults.append(
                f"The data {file['path']} with the digest {file['digest']} are neither there nor in DVC's cache or on "
                "its remote. `dvc add` and `dvc push` keep a version."
            )
        else:
            found[PATH_KEYS.get(file["part"], "path")] = path
    return found


@contextmanager
def _worktree(top: Path, revision: str, place: Path) -> Iterator[Path]:
    done = subprocess.run(
        ["git", "worktree", "add", "--quiet", "--detach", str(place), revision],
        cwd=top, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise TrainyardError(f"git could not lay out {revision}: {done.stderr.strip()}")
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        ask_git(top, "worktree", "prune")


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None
