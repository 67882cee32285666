"""Rules about where a run computes, where it is tracked and what it is called."""

import os

from trainyard.config.rules.rule import Clashes, clash, rule, setting
from trainyard.config.schema import Config


@rule
def _device_exists(config: Config) -> Clashes:
    if config.accelerator.name == "cpu" and config.accelerator.device != 0:
        yield clash(f"accelerator.device={config.accelerator.device}: is for a GPU, but accelerator=cpu",
                     "accelerator.device", "accelerator")  # fmt: skip


@rule
def _tracking_has_a_place(config: Config) -> Clashes:
    tracking = config.tracking
    if tracking.name == "server":
        uri = tracking.uri or os.environ.get("MLFLOW_TRACKING_URI")
        if not uri:
            text = "tracking=server: needs tracking.uri=http://... or MLFLOW_TRACKING_URI"
            yield clash(text, "tracking", "tracking.uri")
        elif not uri.startswith(("http://", "https://", "databricks", "uc:")):
            text = f"{setting('tracking.uri', uri)}: is no address of a server; it starts with http:// or https://"
            yield clash(text, "tracking.uri")
    elif tracking.uri is not None:
        yield clash(f"{setting('tracking.uri', tracking.uri)}: is only used with tracking=server, not {tracking.name}",
                     "tracking.uri", "tracking")  # fmt: skip


@rule
def _names_are_usable(config: Config) -> Clashes:
    for name in ("experiment_name", "run_name"):
        value = getattr(config, name)
        if value is not None and not value.strip():
            yield clash(f"{name}: must not be blank", name)
    for tag in config.tags:
        if tag.startswith("mlflow."):
            yield clash(f"tags.{tag}: names that start with mlflow. belong to MLflow; choose another", f"tags.{tag}")
