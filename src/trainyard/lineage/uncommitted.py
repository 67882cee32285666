"""What a person is told of data that differ from what is committed: the sentence, and the command that mends it."""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def uncommitted(files: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return a sentence and a command for each of the `files` of a data_record that is not committed as it was read.

    Without git, those count that are not what DVC has recorded.
    """
    return [(_sentence(file), _command(file)) for file in files if _is_changed(file)]


def _is_changed(file: Mapping[str, Any]) -> bool:
    if file["changed"] is None:
        return file["recorded"] is not None and file["recorded"] != file["digest"]
    return bool(file["changed"])


def _sentence(file: Mapping[str, Any]) -> str:
    name, record = _shown(file["path"]), _shown(file["record"])
    if file["changed"] is None:
        return f"{name} differs from what {record} says; to keep this version:"
    if file["revision"] is None:
        return f"{name} is tracked by DVC but in no commit yet; to commit it:"
    return f"{name} differs from the committed version (of {file['revision'][:12]}); to keep this one:"


def _command(file: Mapping[str, Any]) -> str:
    record = _shown(file["record"])
    steps = []
    if file["recorded"] != file["digest"]:
        named = record.removesuffix(".dvc")
        steps.append(f"dvc commit {shlex.quote(file['stage'])}" if file["stage"] else f"dvc add {shlex.quote(named)}")
    if file["changed"] is not None:
        steps += [f"git add {shlex.quote(record)}", "git commit"]
    return " && ".join(steps)


def _shown(path: str) -> str:
    """Return a path as it is typed here."""
    here = Path(os.getcwd())
    return str(Path(path).relative_to(here)) if here in Path(path).parents else path
