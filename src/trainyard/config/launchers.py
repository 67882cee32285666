"""Hydra's launchers of a sweep's members: the ones that are supported, and which of their keys count."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from trainyard.config.faults import Fault, show_value
from trainyard.config.secrets import masked_overrides

SUBMITIT = "hydra_plugins.hydra_submitit_launcher.submitit_launcher"
LAUNCHERS = {
    "hydra._internal.core_plugins.basic_launcher.BasicLauncher": "basic",
    "hydra_plugins.hydra_joblib_launcher.joblib_launcher.JoblibLauncher": "joblib",
    f"{SUBMITIT}.LocalLauncher": "submitit_local",
    f"{SUBMITIT}.SlurmLauncher": "submitit_slurm",
}
ONE_PROCESS = ("nodes", "tasks_per_node")


@dataclass(frozen=True)
class Launcher:
    """A launcher, by the name of its option, and the values of hydra.launcher.* but for its class."""

    name: str
    keys: Mapping[str, Any]

    @property
    def is_submitit(self) -> bool:
        """Whether members are handed over by files, on this machine or in a cluster."""
        return self.name.startswith("submitit")


def read_launcher(cfg: DictConfig) -> Launcher:
    """Return the launcher of a sweep that `launcher_faults` finds nothing wrong with."""
    values: Any = OmegaConf.to_container(cfg.hydra.launcher, resolve=True)
    if values.get("submitit_folder") == f"{cfg.hydra.sweep.dir}/.submitit/%j":
        del values["submitit_folder"]  # in the sweep's folder there are its members
    return Launcher(LAUNCHERS[values.pop("_target_")], values)


def launcher_faults(cfg: DictConfig, overrides: tuple[str, ...]) -> list[Fault]:
    """Return what cannot be done with the launcher of a sweep, whose `overrides` are as they were typed."""
    name = LAUNCHERS.get(cfg.hydra.launcher.get("_target_"))
    if name is None:
        choice = cfg.hydra.runtime.choices.get("hydra/launcher")
        known = "basic, joblib, submitit_local or submitit_slurm"
        return [Fault(f"hydra/launcher={choice}: is not supported; take {known}", ("hydra/launcher",))]
    if name == "joblib":
        return list(_without_use(cfg))
    return [*_several_processes(cfg), *_secrets(name, overrides)] if name.startswith("submitit") else []


def _without_use(cfg: DictConfig) -> Iterator[Fault]:
    if cfg.hydra.launcher.n_jobs == 0:
        yield Fault("hydra.launcher.n_jobs=0: must be a number of processes, or -1 for all cores",
                    ("hydra.launcher.n_jobs",))  # fmt: skip
    default = ConfigStore.instance().load("hydra/launcher/joblib.yaml").node
    for key, value in cfg.hydra.launcher.items():
        if key != "n_jobs" and value != default[key]:
            yield Fault(f"hydra.launcher.{key}={show_value(value, str(key))}: has no effect; members run in processes "
                        "of their own, hydra.launcher.n_jobs at a time", (f"hydra.launcher.{key}",))  # fmt: skip


def _several_processes(cfg: DictConfig) -> Iterator[Fault]:
    for key in ONE_PROCESS:
        if cfg.hydra.launcher[key] != 1:
            yield Fault(f"hydra.launcher.{key}={cfg.hydra.launcher[key]}: a member of a sweep is one process; leave it "
                        "at 1", (f"hydra.launcher.{key}",))  # fmt: skip


def _secrets(name: str, overrides: tuple[str, ...]) -> Iterator[Fault]:
    """Find secrets that were typed: this launcher writes what was typed to files."""
    for text, masked in zip(overrides, masked_overrides(overrides), strict=True):
        if masked != text and "${" not in text:
            key = text.partition("=")[0].lstrip("+")
            yield Fault(f"{masked}: would be written to a file by hydra/launcher={name}; put it into an environment "
                        f"variable and write {key}='${{oc.env:NAME}}'", (key,))  # fmt: skip
