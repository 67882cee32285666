"""The packaged model as an MLflow model: `mlflow.pyfunc.load_model` and `mlflow models serve` take raw rows with it.

It is a model from code: nothing is pickled. The code that it needs travels with it, so it serves on a machine where
Trainyard is not installed, and goes on predicting the same when Trainyard changes.
"""

import json
import shutil
import tempfile
from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import trainyard
from trainyard.tracking.bundle import ENTRY, copy_bundle

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel
    from mlflow.models import Model

NAME = "model"
DIGEST = "trainyard.md5"  # tag of an MLflow model: which package it was made of
REQUIREMENTS = ("mlflow", "numpy", "pandas", "pyarrow", "safetensors", "torch")


class ModelFiles:
    """What every model of this process is packed with; gathered once."""

    def __init__(self, package: Path = Path(trainyard.__file__).parent):
        self.package = package

    @cached_property
    def code(self) -> Path:
        """A copy of the part of Trainyard's source that serving needs, in a temporary folder."""
        folder = Path(self._temporary.name) / self.package.name
        copy_bundle(self.package, folder)
        return folder

    @cached_property
    def requirements(self) -> list[str]:
        """The packages that predicting needs, as they are installed here."""
        return [f"{name}=={version(name).partition('+')[0]}" for name in REQUIREMENTS]

    @cached_property
    def _temporary(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="trainyard-code-")

    def warm_up(self) -> None:
        """Gather it now."""
        _ = self.code, self.requirements

    def close(self) -> None:
        """Remove the temporary folder."""
        self._temporary.cleanup()


def log_model(
    client: "MlflowClient",
    files: ModelFiles,
    experiment: str,
    run: str,
    folder: Path,
    md5: str,
    params: Mapping[str, str],
) -> str:
    """Have the model in `folder` (with its `card.json`) logged by the run, and return the id of the MLflow model.

    One that was logged before is found by its digest; one whose writing was cut off is written anew under its id.
    """
    model = _find(client, experiment, run, md5)
    if model is None:
        model = client.create_logged_model(
            experiment, name=NAME, source_run_id=run, tags={DIGEST: md5}, params=dict(params), model_type="trainyard"
        )
    if str(model.status) != "READY":
        place = urlsplit(model.artifact_location)
        if place.scheme == "file":
            path = Path(unquote(place.path))
            shutil.rmtree(path, ignore_errors=True)
            save_mlflow_model(path, folder, files, _identity(model, run))
        else:
            with tempfile.TemporaryDirectory(prefix="trainyard-model-") as temporary:
                path = Path(temporary) / "model"
                save_mlflow_model(path, folder, files, _identity(model, run))
                client.log_model_artifacts(model.model_id, str(path))
        client.finalize_logged_model(model.model_id, "READY")
    return str(model.model_id)


def _find(client: "MlflowClient", experiment: str, run: str, md5: str) -> "LoggedModel | None":
    found = client.search_logged_models([experiment], filter_string=f"source_run_id = '{run}'")
    return next((model for model in found if model.tags.get(DIGEST) == md5), None)


def _identity(model: "LoggedModel", run: str) -> "Model":
    from mlflow.models import Model

    return Model(
        artifact_path=model.artifact_location, model_uuid=model.model_id, run_id=run, model_id=model.model_id
    )


def save_mlflow_model(path: Path, folder: Path, files: ModelFiles, identity: "Model | None" = None) -> None:
    """Write the model in `folder` (with its `card.json`) as a model of MLflow's to the new folder `path`.

    `identity` says which logged model of which run it is; without one it is none that MLflow keeps.
    """
    import mlflow.pyfunc
    import pandas

    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    mlflow.pyfunc.save_model(
        path,
        python_model=str(files.code / ENTRY),
        artifacts={"model": str(folder)},
        code_paths=[str(files.code)],
        signature=_signature(card["signature"]),
        input_example=pandas.DataFrame(card["example"]),
        pip_requirements=files.requirements,
        mlflow_model=identity,
    )
    for cache in path.rglob("__pycache__"):
        shutil.rmtree(cache)


def _signature(signature: Mapping[str, list[dict[str, Any]]]) -> Any:
    """The card's columns as MLflow's: `type` is double, float, long, integer, string, boolean, datetime or any."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema
    from mlflow.types.schema import AnyType

    def schema(columns: list[dict[str, Any]]) -> Schema:
        any_type: Any = AnyType
        types = [any_type() if column["type"] == "any" else column["type"] for column in columns]
        pairs = zip(columns, types, strict=True)
        return Schema([ColSpec(type_, c["name"], required=c.get("required", True)) for c, type_ in pairs])

    return ModelSignature(schema(signature["inputs"]), schema(signature["outputs"]))
