"""What sets two runs apart, as facts: what `trainyard diff` tells."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trainyard.config.metric_names import metric_direction
from trainyard.lineage.git import ask_git
from trainyard.reports.provenance import subject
from trainyard.reports.run_files import RunFiles

QUALITY = ("test", "best", "val", "mean")  # metrics of a model; others tell of the baseline or of the length
Pairs = dict[str, list[Any]]  # name -> the value in a, the value in b; None where there is none


def difference(a: RunFiles, b: RunFiles, repository: Path) -> dict[str, Any]:
    """Return what differs between two runs, as JSON values: what is equal is left out, and an equal section empty.

    `repository` is asked what lies between the revisions.
    """
    return {
        "a": _name(a),
        "b": _name(b),
        "config": pairs(a.config, b.config),
        "data": pairs(_data(a.lineage.get("data", {})), _data(b.lineage.get("data", {}))),
        "code": _code(a, b, repository),
        "environment": pairs(_environment(a), _environment(b)),
        "seeds": pairs(a.lineage.get("seeds", {}), b.lineage.get("seeds", {})),
        "metrics": metric_pairs(a.metrics, b.metrics),
        "model": {} if a.model_md5 == b.model_md5 else {"weights": [a.model_md5, b.model_md5]},
    }


def pairs(a: Mapping[str, Any], b: Mapping[str, Any]) -> Pairs:
    """Return the dotted names whose values differ, in the order of a, with both values; an empty one is none."""
    flat_a, flat_b = dict(_flat(a)), dict(_flat(b))
    both = {name: [flat_a.get(name), flat_b.get(name)] for name in {**flat_a, **flat_b}}
    return {name: values for name, values in both.items() if values[0] != values[1]}


def metric_pairs(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """Return the metrics that differ: both values, b - a, and which run is better, None where that cannot be said."""
    found = {}
    for name in {**a, **b}:
        one, other = a.get(name), b.get(name)
        if one == other or (_is_nan(one) and _is_nan(other)):
            continue
        change = None if one is None or other is None else other - one
        found[name] = {"a": one, "b": other, "difference": change, "better": _better(name, change)}
    return found


def _is_nan(value: float | None) -> bool:
    return value is not None and math.isnan(value)


def _better(name: str, change: float | None) -> str | None:
    if change is None or math.isnan(change) or name.partition("/")[0] not in QUALITY:
        return None
    try:
        wanted = metric_direction(name)
    except KeyError:
        return None
    return "b" if (change > 0) == (wanted == "max") else "a"


def _name(run: RunFiles) -> dict[str, Any]:
    return {"folder": str(run.folder), "name": run.begin.get("name"), "status": run.status}


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _data(data: Mapping[str, Any]) -> dict[str, Any]:
    whole = {name: data.get(name) for name in ("name", "origin", "digest", "tracked", "revision", "changed")}
    files = data.get("files", ())
    return whole | ({file["part"]: file["digest"] for file in files} if len(files) > 1 else {})


def _environment(run: RunFiles) -> dict[str, Any]:
    device = {"device": run.lineage.get("device", {}).get("name")}
    rest = {name: value for name, value in run.lineage.get("device", {}).items() if name != "name"}
    return device | rest | dict(run.lineage.get("environment", {}))


def _code(a: RunFiles, b: RunFiles, repository: Path) -> dict[str, Any]:
    """Return the revisions where they differ, with the files between them, and the files that were not committed."""
    first, second = (run.lineage.get("code") or {} for run in (a, b))
    revisions = [code.get("revision") for code in (first, second)]
    found: dict[str, Any] = {}
    if revisions[0] != revisions[1]:
        found["revisions"] = revisions
        found["subjects"] = [subject(repository, revision) for revision in revisions]
        found["between"] = _between(repository, *revisions)
    patches_a, patches_b = ({file.name: file for file in run.changed} for run in (a, b))
    uncommitted = {
        name: [patches[name].counts if name in patches else None for patches in (patches_a, patches_b)]
        for name in sorted({*patches_a, *patches_b})
        if name not in patches_a or name not in patches_b or patches_a[name].patch != patches_b[name].patch
    }
    untracked = {
        name: ["kept" if name in run.untracked else None for run in (a, b)]
        for name in sorted({*a.untracked, *b.untracked})
        if a.untracked.get(name) != b.untracked.get(name)
    }
    return found | {name: files for name, files in (("uncommitted", uncommitted), ("untracked", untracked)) if files}


def _between(repository: Path, first: str | None, second: str | None) -> dict[str, str] | None:
    """Return the files that differ between two revisions, with their counts; None where one is not known here."""
    if first is None or second is None:
        return None
    told = ask_git(repository, "diff", "--numstat", "--no-renames", "-z", "--no-relative", first, second)
    if told is None:
        return None
    rows = [line.split("\t", 2) for line in told.decode(errors="replace").split("\0") if line]
    return {name: "binary" if added == "-" else f"+{added} -{removed}" for added, removed, name in rows}
