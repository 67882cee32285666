"""What DVC's own files say of a path: the `.dvc` file or the `dvc.lock` that names it, and the md5 written there.

They are read as YAML, without importing DVC. In a dvc.lock only the outs count: within `dvc repro` the deps that stand
there are still those of the run before.
"""

import configparser
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainyard.lineage.folder import listing_md5
from trainyard.lineage.ignored import dvc_top

LOCK = "dvc.lock"
Node = dict[str, Any]


class Text(str):
    """A word of a YAML file that knows its line, counted from 1."""

    __slots__ = ("line",)
    line: int


@dataclass(frozen=True)
class Record:
    """The entry of a file of DVC's that names a path, or a folder above it.

    - file: the .dvc file or dvc.lock; stage: the one that makes the path, None for a .dvc file
    - inside: the path within the folder that is named, "" for the one that is named itself
    - named_md5: what is written in the file, on `line` of it; md5: that of the path, None where it is not known (a file
      in a folder whose list is not in DVC's cache)
    - same_rules: False for an entry of DVC 2, whose md5 of a text file passes over the kind of its line ends
    """

    file: Path
    stage: str | None
    inside: str
    named_md5: str
    line: int
    md5: str | None
    same_rules: bool


def find_record(path: Path) -> Record | None:
    """Return the record of a path in the working tree; None for one that DVC does not track.

    Looked at are, from the path's own folder up to the top of the DVC repository, the .dvc file that bears its name (or
    that of the folder above it) and dvc.lock.
    """
    path = Path(os.path.abspath(path))
    top = dvc_top(path.parent)
    if top is None:
        return None
    below = path
    for folder in path.parents:
        for file in (folder / f"{below.name}.dvc", folder / LOCK):
            try:
                text = file.read_bytes()
            except OSError:
                continue
            if record := read_record(text, file, path):
                return record
        if folder == top:
            return None
        below = folder
    return None


def read_record(text: bytes, file: Path, path: Path) -> Record | None:
    """Return what the text of a .dvc file or dvc.lock, which lies (or lay) at `file`, says of a path."""
    for stage, base, entry in _outs(text, file):
        named = Path(os.path.normpath(base / str(entry.get("path", ""))))
        if path != named and named not in path.parents:
            continue
        listed = _nodes(entry.get("files"))
        first = listed[0] if listed else entry
        digest = first.get("md5")
        if not isinstance(digest, Text):
            continue
        whole = listing_md5(_digests(listed).items()) if listed else str(digest)
        inside = "" if path == named else path.relative_to(named).as_posix()
        return Record(
            file=file, stage=stage, inside=inside, named_md5=whole, line=digest.line,
            md5=_md5_inside(listed or _listing(file.parent, whole), inside) if inside else whole,
            same_rules=first.get("hash", entry.get("hash")) == "md5",
        )  # fmt: skip
    return None


def _outs(text: bytes, file: Path) -> Iterator[tuple[str | None, Path, Node]]:
    """Yield each out of the file with its stage and the folder that its path starts from."""
    content = _parse(text)
    if file.name != LOCK:
        for out in _nodes(content.get("outs")):
            yield None, file.parent / str(content.get("wdir", ".")), out
        return
    stages = content.get("stages")
    for name, stage in stages.items() if isinstance(stages, dict) else ():
        for out in _nodes(stage.get("outs") if isinstance(stage, dict) else None):
            yield str(name), file.parent / _working_folder(file.with_name("dvc.yaml"), name), out


def _nodes(values: Any) -> list[Node]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _working_folder(pipeline: Path, stage: str) -> str:
    """Return the `wdir` of a stage, which dvc.lock leaves out; one that is made of variables is not known."""
    try:
        text = pipeline.read_bytes()
    except OSError:
        return "."
    found: Any = _parse(text) if b"wdir" in text else {}
    for name in ("stages", stage.partition("@")[0]):
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, dict) and isinstance(found.get("do"), dict):
        found = found["do"]
    return str(found.get("wdir", ".")) if isinstance(found, dict) else "."


def _parse(text: bytes) -> Node:
    import yaml  # type: ignore[import-untyped]  # it has no types

    base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

    class Lines(base):  # type: ignore[misc]  # PyYAML has no types
        def construct_scalar(self, node: Any) -> Text:
            word = Text(super().construct_scalar(node))
            word.line = node.start_mark.line + 1
            return word

    try:
        content = yaml.load(text, Loader=Lines)  # noqa: S506  # a loader that makes texts, lists and mappings only
    except (yaml.YAMLError, UnicodeDecodeError):
        return {}
    return content if isinstance(content, dict) else {}


def _listing(folder: Path, digest: str) -> list[Node]:
    """Return DVC's list of the files of a folder with this md5, from the cache; none where it is not there."""
    top = dvc_top(folder)
    for cache in [] if top is None else _caches(top / ".dvc"):
        for place in (cache / "files" / "md5", cache):
            try:
                return _nodes(json.loads((place / digest[:2] / digest[2:]).read_bytes()))
            except (OSError, ValueError):
                continue
    return []


def _caches(settings: Path) -> Iterator[Path]:
    """Yield the folder of DVC's cache, as set for this copy, for the repository, or not at all."""
    for name in ("config.local", "config"):
        config = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            config.read(settings / name, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        if folder := config.get("cache", "dir", fallback=None):
            yield settings / folder
    yield settings / "cache"


def _digests(listing: list[Node]) -> dict[str, str]:
    return {str(one.get("relpath")): str(one.get("md5")) for one in listing}


def _md5_inside(listing: list[Node], inside: str) -> str | None:
    """Return the md5 of a file, or of a folder, of a listed folder; None where it is not listed."""
    digests = _digests(listing)
    if inside in digests:
        return digests[inside]
    prefix = f"{inside}/"
    below = {name.removeprefix(prefix): digest for name, digest in digests.items() if name.startswith(prefix)}
    return listing_md5(below.items()) if below else None
