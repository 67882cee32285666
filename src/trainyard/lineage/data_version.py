"""The version of the data that a run read: the digest of the bytes, and what DVC and git know of it."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from trainyard.lineage.dvc_record import Record, find_record, read_record
from trainyard.lineage.folder import path_md5
from trainyard.lineage.git import committed_texts, git_top, line_revisions


@dataclass(frozen=True)
class DataVersion:
    """A file or folder that was read.

    - path: absolute; digest: md5 of its bytes as DVC has it, with `.dir` for a folder
    - tracked: whether DVC tracks it; record: DVC's file that says so; stage: the one of the pipeline that makes it
    - recorded: its md5 in that file, as it lies there; committed: the same at HEAD; None where it is not to be found
    - revision: the commit in which the committed md5 got there
    - changed: whether the bytes differ from what is committed; None where that cannot be told: DVC does not track it,
      there is no git, or the md5 of a file in a tracked folder is not known here
    """

    path: str
    digest: str
    tracked: Literal["dvc", "none"] = "none"
    record: str | None = None
    stage: str | None = None
    recorded: str | None = None
    committed: str | None = None
    revision: str | None = None
    changed: bool | None = None


def data_version(path: Path, *, memory: Path | None = None, digest: str | None = None) -> DataVersion:
    """Return the version of a file or folder.

    `digest` is the md5 of what was read, where it is known. Else the bytes are read, or their digest is looked up in
    the folder `memory`; without it they are read in any case, which verifies what is remembered. Raises OSError where
    the path cannot be read; without git, without DVC and for files of theirs that are damaged, fields are None.
    """
    return data_versions({"": path}, {"": digest or path_md5(path, memory)})[""]


def data_versions(paths: Mapping[str, Path], digests: Mapping[str, str]) -> dict[str, DataVersion]:
    """Return the versions of several paths, by the names of `paths` and `digests`.

    Git is asked twice for all of them that lie in one repository.
    """
    absolute = {name: Path(os.path.abspath(path)) for name, path in paths.items()}
    records = {name: record for name, path in absolute.items() if (record := find_record(path))}
    committed = _committed(absolute, records)
    return {
        name: _version(DataVersion(str(path), digests[name]), records.get(name), committed.get(name))
        for name, path in absolute.items()
    }


class AtHead(NamedTuple):
    """What is committed of a path, and the revision that wrote it there; None where it is not tracked at HEAD."""

    record: Record | None
    revision: str | None


def _committed(paths: Mapping[str, Path], records: Mapping[str, Record]) -> dict[str, AtHead]:
    """Return what is committed by name; nothing for a name where there is no git to ask."""
    by_top: dict[Path, list[str]] = {}
    for name, record in records.items():
        if (top := git_top(record.file.parent)) is not None:
            by_top.setdefault(top, []).append(name)
    found: dict[str, AtHead] = {}
    for top, names in by_top.items():
        texts = committed_texts(top, {records[name].file for name in names})
        if texts is None:
            continue
        files = {name: records[name].file for name in names}
        old = {name: read_record(texts[file] or b"", file, paths[name]) for name, file in files.items()}
        lines: dict[Path, list[int]] = {}
        for record in filter(None, old.values()):
            lines.setdefault(record.file, []).append(record.line)
        revisions = line_revisions(top, lines)
        for name, was in old.items():
            found[name] = AtHead(was, revisions.get((was.file, was.line)) if was else None)
    return found


def _version(version: DataVersion, record: Record | None, at_head: AtHead | None) -> DataVersion:
    if record is not None:
        stage, recorded = record.stage, record.md5
        version = replace(version, tracked="dvc", record=str(record.file), stage=stage, recorded=recorded)
    if at_head is not None:
        was, revision = at_head
        committed, changed = was.md5 if was else None, _changed(version.digest, was)
        version = replace(version, committed=committed, revision=revision, changed=changed)
    return version


def _changed(digest: str, committed: Record | None) -> bool | None:
    """Whether the bytes differ from what is committed; those of a path that is not tracked at HEAD do."""
    if committed is None:
        return True
    if committed.md5 == digest:
        return False
    return True if committed.md5 and committed.same_rules else None


def data_record(versions: Mapping[str, DataVersion]) -> dict[str, Any]:
    """Return the versions of all that a run read as JSON values: together, and of each in `files`.

    Together they are tracked where all are, changed where one is, and of no known state where one may be changed.
    """
    tracked = [version for version in versions.values() if version.tracked == "dvc"]
    states = {version.changed for version in tracked}
    return {
        "tracked": "dvc" if tracked and len(tracked) == len(versions) else "none",
        "revision": ", ".join(dict.fromkeys(version.revision for version in tracked if version.revision)) or None,
        "changed": True if True in states else False if states == {False} else None,
        "files": [{"part": part, **asdict(version)} for part, version in versions.items()],
    }
