"""What a run says of itself at its start: where it comes from and what it runs on what."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trainyard.config.root import project_root
from trainyard.data.origin import read_paths
from trainyard.data.pixels import raw_columns
from trainyard.data.prepared import Prepared
from trainyard.lineage.code import Code
from trainyard.lineage.data_version import data_record, data_versions
from trainyard.lineage.folder import path_md5
from trainyard.lineage.record import STATE, lineage_record
from trainyard.training.plan import Plan

TYPES: dict[type, str] = {str: "string", int: "long", float: "double", bool: "boolean"}


def record_lineage(
    plan: Plan, *, command: str, sweep: str | None, code: Code | None, before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the lineage of a run: code, data, environment and seeds; `before` is what it was, for one that goes on."""
    prepared, config, root = plan.prepared, plan.config, project_root()
    paths = read_paths(config.dataset)
    memory = root.absolute() / STATE / "digests"
    digests = {part: prepared.digest if len(paths) == 1 else path_md5(path, memory) for part, path in paths.items()}
    return lineage_record(
        root,
        data={
            "name": prepared.dataset_name, "digest": prepared.digest, "origin": prepared.origin,
            "prepared": prepared.key, "rows": dict(prepared.summary.rows), **data_record(data_versions(paths, digests)),
        },
        seeds={"seed": config.seed, "split_seed": config.dataset.split_seed},
        command=command,
        device={
            "name": plan.device.description, "threads": plan.device.threads, "precision": plan.device.precision,
            "passes": asdict(plan.device.passes),
        },
        sweep=sweep,
        code=code,
        earlier=[] if before is None else earlier_starts(before),
    )  # fmt: skip


def earlier_starts(before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the command and the code of each start that a run had, the last of them by the lineage that it wrote."""
    code = before.get("code") or {}
    last = {"command": before.get("command"), "revision": code.get("revision"), "dirty": code.get("dirty")}
    return [*before.get("earlier", []), last]


def plan_tags(plan: Plan, folder: Path) -> dict[str, str]:
    """Return the tags that say what was run on what."""
    return {
        "dataset": plan.prepared.dataset_name,
        "dataset.digest": plan.prepared.digest,
        "task": plan.prepared.task,
        "network": plan.config.network.name,
        "device": plan.device.description,
        "threads": str(plan.device.threads),
        "precision": plan.device.precision,
        "run_folder": str(folder),
        **({"passes": ", ".join(ways)} if (ways := plan.device.passes.named()) else {}),
    }


def dataset_schema(prepared: Prepared) -> str:
    """Return the columns that a model reads and predicts, as MLflow's JSON for a dataset's schema."""
    features = raw_columns(prepared.preprocessing)
    target_type = "double" if prepared.classes is None else TYPES[type(prepared.classes[0])]
    targets = [{"type": target_type, "name": name} for name in prepared.targets]
    return json.dumps({"mlflow_colspec": [{**column, "required": False} for column in [*features, *targets]]})
