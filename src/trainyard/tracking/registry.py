"""MLflow's registry: models by a name that people agree on, their versions, and the aliases of these."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainyard.config.nearest import did_you_mean
from trainyard.config.schema.run import Tracking
from trainyard.errors import ConfigError
from trainyard.tracking.logged_model import DIGEST
from trainyard.tracking.remote_record import RemoteRecord, answering, at_address, connect

if TYPE_CHECKING:
    from mlflow import MlflowClient

REGISTERED = "models:/"
NAMED = re.compile(r"models:/(?P<name>[^/@]+)(@(?P<alias>[^/@]+)|/(?P<version>\d+))")
NAME = re.compile(r"(?!\.$|\.\.)[^/:@']*[^/:@'\s][^/:@']*")
ALIAS = re.compile(r"(?!latest$|v\d+$)[\w-]{1,255}", re.IGNORECASE)
MOST_NAMES = 200


def check_names(name: str, alias: str | None) -> None:
    """Raise ConfigError for a name or an alias that MLflow does not take, or that models:/name@alias cannot hold."""
    faults = []
    if NAME.fullmatch(name) is None:
        faults.append(f"name={name}: a model cannot be called that; leave out / : @ ' and leading dots")
    if alias is not None and ALIAS.fullmatch(alias) is None:
        faults.append(f"alias={alias}: cannot be an alias; use letters, digits, - and _, but neither latest nor a "
                      "version such as v1, which MLflow keeps for itself")  # fmt: skip
    if faults:
        raise ConfigError(faults)


def find_registered(uri: str, root: Path, tracking: Tracking, key: str = "run") -> RemoteRecord:
    """Return the run that a registered model came from, with that model: models:/name@alias or models:/name/version.

    Raises ConfigError, naming the key, where MLflow has no such model or it did not come from Trainyard.
    """
    parts = NAMED.fullmatch(uri)
    if parts is None:
        raise ConfigError(f"{key}={uri}: write models:/<name>@<alias>, or models:/<name>/<version>")
    connected = connect(root, tracking)
    if connected is None:
        raise ConfigError(f"{key}={uri}: there is no MLflow here that could have it (tracking={tracking.name})")
    client, target = connected
    with answering(target.uri):
        version = _version(client, parts, f"{key}={uri}")
        model = _model_of(version)
        logged = client.get_logged_model(model) if model.startswith("m-") else None
        if logged is None or DIGEST not in logged.tags or not logged.source_run_id:
            raise ConfigError(f"{key}={uri}: is no model of Trainyard's")
        return RemoteRecord(client, client.get_run(logged.source_run_id), target.uri, model, logged.tags[DIGEST])


def register_model(record: RemoteRecord, model: str, name: str, alias: str | None) -> str:
    """Have a logged model of a run, by its id, registered as the newest version of `name`, and return that version.

    A model that is a version already stays it. `alias` is moved to the version. Raises ConfigError for a name or an
    alias that cannot be, before anything is made.
    """
    from mlflow.exceptions import MlflowException

    check_names(name, alias)
    client = record.client
    with answering(record.uri):
        try:
            client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        versions = client.search_model_versions(f"name = '{name}'")
        known = next((version for version in versions if _model_of(version) == model), None)
        if (version := known) is None:
            with at_address(record.uri):
                version = client.create_model_version(name, f"{REGISTERED}{model}", record.mlflow_id, model_id=model)
        if alias is not None:
            client.set_registered_model_alias(name, alias, str(version.version))
        return str(version.version)


def _model_of(version: Any) -> str:
    """Return the id of the logged model that a version was made of."""
    return str(version.source).rpartition("/")[2]


def _version(client: "MlflowClient", parts: re.Match[str], shown: str) -> Any:
    from mlflow.exceptions import MlflowException

    name, alias = parts["name"], parts["alias"]
    try:
        return client.get_model_version_by_alias(name, alias) if alias else (
            client.get_model_version(name, parts["version"]))  # fmt: skip
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise
    models = {model.name: model for model in client.search_registered_models(max_results=MOST_NAMES)}
    if name not in models:
        raise ConfigError(f"{shown}: MLflow has no registered model {name}{did_you_mean(name, models)}")
    if alias is None:
        raise ConfigError(f"{shown}: {name} has no version {parts['version']}")
    aliases = client.get_registered_model(name).aliases
    raise ConfigError(f"{shown}: {name} has no alias {alias}{did_you_mean(alias, aliases)}")
