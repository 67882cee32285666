"""All that a run came from, as one record, and the tags that MLflow shows of it."""

import getpass
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainyard.lineage.code import Code
from trainyard.lineage.environment import read_environment

STATE = ".trainyard"


def lineage_record(
    root: Path, *, data: Mapping[str, Any], seeds: Mapping[str, int], command: str, device: Mapping[str, Any],
    sweep: str | None, code: Code | None, earlier: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:  # fmt: skip
    """Return code, data, config's seeds, environment and command of a run, as JSON values.

    `earlier` tells of the starts of a run that was interrupted and goes on.
    """
    return {
        "command": command,
        "user": user(),
        "code": None if code is None else code.to_dict(),
        "data": dict(data),
        "seeds": dict(seeds),
        "device": dict(device),
        "environment": read_environment(root / STATE),
        "sweep": sweep,
        "earlier": list(earlier),
        "dvc_stage": os.environ.get("DVC_STAGE"),
    }


def tags(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a lineage record by the names that MLflow's UI knows."""
    found = {
        "mlflow.source.name": record["command"],
        "mlflow.source.type": "LOCAL",
        "mlflow.user": record["user"],
        "git.dirty": "unknown",
        **data_tags(record["data"]),
    }
    if (code := record["code"]) is not None:
        found["git.dirty"] = str(code["dirty"]).lower()
        for tag, name in (("mlflow.source.git.commit", "revision"), ("mlflow.source.git.branch", "branch")):
            if code[name]:
                found[tag] = code[name]
        if code["remote"]:
            found["mlflow.source.git.repoURL"] = code["remote"]
    return found


def data_tags(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags by which runs are found by their data: `data.digest`, `data.tracked` and, where they are known,
    `data.revision` and `data.changed`."""
    found = {"data.digest": data["digest"], "data.tracked": data["tracked"]}
    if data["revision"]:
        found["data.revision"] = data["revision"]
    if data["changed"] is not None:
        found["data.changed"] = str(data["changed"]).lower()
    return found


def user() -> str:
    """Return the name of the user, or "unknown" where the system does not tell."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
