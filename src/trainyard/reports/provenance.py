"""Where a run came from, as facts: what `trainyard lineage run=...` tells."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trainyard.lineage.code import ARCHIVE, DIFF
from trainyard.lineage.folder import path_md5
from trainyard.lineage.git import ask_git
from trainyard.reports.run_files import RunFiles
from trainyard.tracking.members import sweep_of
from trainyard.tracking.reading import read_journal

# the packages that decide a result, or how it is kept, the first ones most
PACKAGES = (
    "torch", "pytorch-lightning", "numpy", "scikit-learn", "pyarrow", "safetensors", "hydra-core", "mlflow", "dvc",
    "trainyard",
)  # fmt: skip


def provenance(run: RunFiles, repository: Path, *, verify: bool = False) -> dict[str, Any]:
    """Return where a run came from, as JSON values. `repository` is asked for the subject of the commit.

    `verify` reads the data again where they lie and tells what became of them.
    """
    lineage, began = run.lineage, run.begin.get("time")
    return {
        "run": {
            "folder": str(run.folder), "name": run.begin.get("name"), "status": run.status,
            "began": None if began is None else datetime.fromtimestamp(began, UTC).isoformat(timespec="seconds"),
            "host": run.begin.get("host"), "user": lineage.get("user"), "command": lineage.get("command"),
        },
        "code": _code(run, repository),
        "data": _data(lineage.get("data", {}), verify=verify),
        "config": {"file": str(run.folder / "config.yaml"), "typed": run.overrides},
        "seeds": lineage.get("seeds", {}),
        "device": lineage.get("device", {}),
        "environment": lineage.get("environment", {}),
        "earlier": lineage.get("earlier", []),
        "sweep": _sweep(run),
        "dvc_stage": lineage.get("dvc_stage"),
        "mlflow": dict(run.mlflow) or None,
        "model_md5": run.model_md5,
    }  # fmt: skip


def _code(run: RunFiles, repository: Path) -> dict[str, Any] | None:
    code = run.lineage.get("code")
    if code is None:
        return None
    kept = {name: str(run.folder / name) if (run.folder / name).exists() else None for name in (DIFF, ARCHIVE)}
    return {
        **code,
        "subject": subject(repository, code["revision"]),
        "changed": [{"file": file.name, "added": file.added, "removed": file.removed} for file in run.changed],
        "diff": kept[DIFF],
        "archive": kept[ARCHIVE],
    }


def subject(repository: Path, revision: str | None) -> str | None:
    """Return the first line of a commit's message; None where the commit is not in this repository."""
    if revision is None:
        return None
    told = ask_git(repository, "show", "--no-patch", "--format=%s", f"{revision}^{{commit}}")
    return None if told is None else told.decode(errors="replace").strip()


def _data(data: Mapping[str, Any], *, verify: bool) -> dict[str, Any]:
    if not verify:
        return dict(data)
    return {**data, "files": [{**file, "now": _digest_now(file["path"])} for file in data.get("files", ())]}


def _digest_now(path: str) -> str | None:
    """Return the digest of the bytes that lie there now, read anew; None where there is nothing to read."""
    try:
        return path_md5(Path(path))
    except OSError:
        return None


def _sweep(run: RunFiles) -> dict[str, Any] | None:
    """Return the sweep that the run is a member of, and its place there, counted from 1."""
    if run.lineage.get("sweep") is None:
        return None
    number = run.folder.name.partition("-")[0]
    above = sweep_of(run.folder, str(run.begin.get("parent")))
    tags = [record["values"] for record in read_journal(above) if record["type"] == "tags"] if above else []
    count = next((values["sweep.members"] for values in tags if "sweep.members" in values), None)
    return {
        "name": run.lineage["sweep"],
        "folder": None if above is None else str(above),
        "member": int(number) + 1 if number.isdigit() else None,
        "members": None if count is None else int(count),
    }
