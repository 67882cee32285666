"""Which runs used some bytes, found in the folders of the runs alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trainyard.config.runs import run_folders
from trainyard.reports.run_files import LINEAGE, RunFiles
from trainyard.reports.text import number, plural, shortened, table

HEADER = ("run", "status", "metric", "", "data", "mlflow run")


def runs_of(digest: str, root: Path) -> list[RunFiles]:
    """Return the runs of a project that read what has this digest, or one that begins with it; the newest first."""
    return sorted(_using(digest, root), key=lambda run: _age(run.folder, root), reverse=True)


def uses(runs: Sequence[RunFiles], root: Path) -> list[dict[str, Any]]:
    """Return for each run its folder, status, main metric, state of the data and id in MLflow, as JSON values."""
    return [
        {
            "run": str(run.folder.relative_to(root)), "status": run.status,
            "metric": dict([run.main_metric]) if run.main_metric else {},
            "data": {name: run.lineage["data"].get(name) for name in ("digest", "tracked", "revision", "changed")},
            "mlflow_run_id": run.mlflow.get("run_id"),
        }
        for run in runs
    ]  # fmt: skip


def uses_text(digest: str, found: Sequence[Mapping[str, Any]]) -> str:
    """Return a table of `uses`."""
    if not found:
        return f"No run read what has the digest {digest}."
    rows = [HEADER]
    for use in found:
        metric, value = next(iter(use["metric"].items()), ("", None))
        shown = "" if value is None else number(value)
        mlflow = shortened(use["mlflow_run_id"] or "", 32)
        rows.append((use["run"], use["status"], metric, shown, _state(use["data"]), mlflow))
    head = f"{plural(len(found), 'run')} read what has the digest {digest}"
    return "\n".join([f"{head}, the newest first", "", *table(rows, right=(3,), width=140)])


def _state(data: Mapping[str, Any]) -> str:
    if data["tracked"] != "dvc":
        return "not tracked"
    return {True: "not committed", False: "as committed", None: "tracked"}[data["changed"]]


def _using(digest: str, root: Path) -> Iterator[RunFiles]:
    mark = f'"digest": "{digest}'.encode()
    for folder in run_folders(root):
        try:
            content = (folder / LINEAGE).read_bytes()
            if mark not in content:
                continue
            lineage = json.loads(content)
            data = lineage["data"]
            digests = [data["digest"], *(file["digest"] for file in data.get("files", ()))]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if any(one.startswith(digest) for one in digests):
            yield RunFiles(folder, lineage)


def _age(folder: Path, root: Path) -> tuple[str, int]:
    """Return what sorts runs by their beginning: the time in the folder's name, and the number of a sweep's member."""
    _experiment, name, *member = folder.relative_to(root / "runs").parts
    number = member[0].partition("-")[0] if member else ""
    return name, int(number) if number.isdigit() else -1
