"""Rules about where a run computes, where it is tracked and what it is called."""

import os
from urllib.parse import urlsplit

from trainyard.config.nearest import listed
from trainyard.config.rules.rule import Clashes, clash, rule, setting
from trainyard.config.schema.run import Config
from trainyard.config.secrets import mask_text

DISTRIBUTED = ("ddp_cpu", "ddp_gpu", "fsdp")


@rule
def _accelerator_has_what_is_asked_of_it(config: Config) -> Clashes:
    chosen = config.accelerator
    if chosen.name not in ("auto", "gpu") and chosen.device != 0:
        yield clash(f"accelerator.device={chosen.device}: is for one GPU, but accelerator={chosen.name}",
                     "accelerator.device", "accelerator")  # fmt: skip
    for key in ("processes", "nodes"):
        value = getattr(chosen, key)
        if chosen.name not in DISTRIBUTED and value not in ("auto", 1):
            yield clash(f"accelerator.{key}={value}: is for accelerator={listed(DISTRIBUTED, 'or')}, not {chosen.name}",
                         f"accelerator.{key}", "accelerator")  # fmt: skip


@rule
def _precision_is_one_of_the_accelerator(config: Config) -> Clashes:
    name, precision = config.accelerator.name, config.accelerator.precision
    setting = f"accelerator.precision={precision}"
    if name in ("cpu", "ddp_cpu", "mps") and precision in ("tf32", "16-mixed"):
        instead = "bf16-mixed" if precision == "16-mixed" else "32"
        yield clash(f"{setting}: needs a CUDA GPU, but accelerator={name}; take {instead}", "accelerator.precision")
    if name == "mps" and precision == "64":
        yield clash(f"{setting}: a Mac's GPU has no 64 bits; take 32, or accelerator=cpu", "accelerator.precision")
    if config.training.engine == "fast" and name in DISTRIBUTED:
        yield clash(f"training.engine=fast: is for one device, but accelerator={name}; take auto", "training.engine")


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
        elif "tracking.uri" in config.masked and mask_text(urlsplit(uri).path) != urlsplit(uri).path:
            text = "a part of its path comes from the environment, but an address is shown wherever the run is; write "
            text += "the path out, and give what is secret as user:password@host or in MLFLOW_TRACKING_TOKEN"
            yield clash(f"tracking.uri: {text}", "tracking.uri")
    elif tracking.uri is not None:
        yield clash(f"{setting('tracking.uri', tracking.uri)}: is only used with tracking=server, not {tracking.name}",
                     "tracking.uri", "tracking")  # fmt: skip
    if tracking.name == "off" and tracking.system_metrics:
        yield clash("tracking.system_metrics=true: is written to MLflow, but tracking=off",
                     "tracking.system_metrics", "tracking")  # fmt: skip


@rule
def _names_are_usable(config: Config) -> Clashes:
    for name in ("experiment_name", "run_name"):
        value = getattr(config, name)
        if value is not None and not value.strip():
            yield clash(f"{name}: must not be blank", name)
    from_dataset = "dataset.name" in config.masked and config.experiment_name == config.dataset.name
    for name in ("dataset.name", "experiment_name", "run_name"):
        if name in config.masked and not (name == "experiment_name" and from_dataset):
            yield clash(f"{name}: comes from the environment, but a name is shown everywhere; write it out", name)
    for tag in config.tags:
        if tag.startswith("mlflow."):
            yield clash(f"tags.{tag}: names that start with mlflow. belong to MLflow; choose another", f"tags.{tag}")
