"""Running a run again: the command, its process, and the folder that it leaves."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainyard.config.runs import new_run_folder
from trainyard.config.schema.run import Tracking
from trainyard.errors import TrainyardError
from trainyard.reports.run_files import REPRODUCES
from trainyard.reproduction.original import Original
from trainyard.reproduction.workspace import Workspace


def rerun(original: Original, workspace: Workspace, root: Path, tracking: Tracking) -> Path:
    """Train the original's config in the workspace and return the folder of the new run, which lies under `root`.

    What the training prints is shown. Raises TrainyardError where it does not come to its end.
    """
    import yaml  # type: ignore[import-untyped]  # it has no types

    folder = new_run_folder(root, str(original.files.config["experiment_name"]))
    config = config_again(original, workspace.data, tracking)
    workspace.config.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")
    command = [sys.executable, "-m", "trainyard", "train", f"config={workspace.config}", f"hydra.run.dir={folder}"]
    done = subprocess.run(command, cwd=workspace.folder, env=environment(workspace, root), check=False)
    if done.returncode in (130, 143):
        raise SystemExit(done.returncode)
    if done.returncode:
        raise TrainyardError(f"The run could not be run again: its training ended with exit code {done.returncode}.")
    return folder


def config_again(original: Original, paths: Mapping[str, Path], tracking: Tracking) -> dict[str, Any]:
    """Return the original's config with the data where they lie now, the device and the threads that it had, its tag,
    and where the new run is tracked."""
    config, device = original.files.config, original.files.lineage.get("device", {})
    accelerator = {**config["accelerator"]}
    if "threads" in device:
        accelerator["threads"] = device["threads"]
    if accelerator["name"] == "auto" and str(device.get("name", "")).startswith("CPU"):
        accelerator["name"] = "cpu"
    if "passes" in device and not any(device["passes"].values()) and accelerator.get("precision") == "auto":
        accelerator["precision"] = device["precision"]  # as it was computed there, whatever is faster here
    return {
        **config,
        "dataset": {**config["dataset"], **{key: str(path) for key, path in paths.items()}},
        "accelerator": accelerator,
        "tags": {**config.get("tags", {}), REPRODUCES: original.id},
        "tracking": {**config["tracking"], "name": tracking.name, "uri": tracking.uri},
    }


def environment(workspace: Workspace, root: Path) -> dict[str, str]:
    """Return the variables of the new run: its own sources first, and runs where those of the project lie."""
    env = {**os.environ, "TRAINYARD_ROOT": str(root)}
    if workspace.sources is not None:
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(workspace.sources), os.environ.get("PYTHONPATH", "")]))
    return env
