"""One run: how long it trains, where it is tracked, and the whole config."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from trainyard.config.schema.accelerator import Accelerator
from trainyard.config.schema.dataset_keys import Dataset
from trainyard.config.schema.key import key
from trainyard.config.schema.model import AutoModel, Classifier, Network, Regressor
from trainyard.config.schema.optimization import Optimizer, Schedule


@dataclass(frozen=True, kw_only=True)
class Training:
    """How long and how to train."""

    max_epochs: int | None = key("passes over the training rows at most; empty: no limit", default=20, unit="epochs",
                                 ge=1)
    max_steps: int | None = key("optimizer steps at most; empty: no limit", default=None, unit="steps", ge=1)
    max_time: str | None = key("time to train at most, as 90s, 15m, 2h or 01:30:00; empty: no limit", default=None)
    batch_size: int = key("rows in a minibatch", default=64, unit="rows", ge=1)
    eval_batch_size: int = key("rows at once in validation and test; bounds memory only", default=4096, unit="rows",
                               ge=1)
    accumulate: int = key("minibatches whose gradients are averaged into one step", default=1, unit="minibatches", ge=1)
    clip_norm: float | None = key("largest norm of the gradient; larger ones are scaled down; empty: none",
                                  default=None, gt=0)
    validate_every: int = key("epochs between validations", default=1, unit="epochs", ge=1)
    monitor: str = key("metric that early stopping, best weights, plateau and sweeps look at", default="val/loss")
    direction: Literal["auto", "min", "max"] = key("whether less or more of the monitor is better", default="auto")
    patience: int | None = key("validations without improvement after which training stops; empty: never",
                               default=10, unit="validations", ge=1)
    min_delta: float = key("smallest change of the monitor that counts as improvement", default=0.0, ge=0)
    restore_best: bool = key("test and keep the weights of the best validation rather than the last", default=True)
    block: int | Literal["auto"] = key("minibatches handed to Lightning at once; speed only, never the result",
                                       default="auto", unit="minibatches", ge=1)
    average_decay: float | None = key(
        "decay of a moving average of the weights, which validates and predicts in their place; empty: none",
        default=None, gt=0, lt=1)
    engine: Literal["auto", "fast", "reference"] = key(
        "fast: flat parameters and recorded passes on one device; reference: Lightning's own steps; auto: fast where "
        "it is right", default="auto")
    checkpoint_every: str = key("time between two checkpoints while training, as 30s, 1m or 2h", default="1m")
    checkpoint_steps: int | None = key("optimizer steps between checkpoints, too; empty: by time only", default=None,
                                       unit="steps", ge=1)
    checkpoint_epochs: int | None = key("epochs between checkpoints, too; empty: by time only", default=None,
                                        unit="epochs", ge=1)
    keep_checkpoints: int = key("newest checkpoints that are kept", default=3, ge=1)
    limit_batches: int | None = key("minibatches of an epoch at most; for debugging", default=None, ge=1)
    overfit_batches: int | None = key("train and validate on the first minibatches only: a right set-up reaches a loss "
                                      "near zero", default=None, ge=1)
    compile: bool = key("compile the network with torch.compile: minutes at the start, faster steps of large networks",
                        default=False)
    profile: bool = key("print where the time of a run went, by phases and by operators", default=False)
    progress: bool = key("show a progress bar when the output is a terminal", default=True)


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """Where runs are tracked: local (mlflow.db at the project root), server, or off (run folder only)."""

    name: Literal["local", "server", "off"] = "local"
    uri: str | None = key("address of the tracking server, for tracking=server; empty: MLFLOW_TRACKING_URI",
                          default=None)
    drain: float = key("time that a finished training waits for MLflow to be written", default=10.0, unit="s", ge=0)
    log_model: bool = key("keep the model in MLflow, ready to be served", default=True)
    system_metrics: bool = key("watch processor, memory, disk and GPU while training, in MLflow's tab for that",
                               default=False)
    system_metrics_seconds: float = key("time between two looks", default=10.0, unit="s", ge=1)


@dataclass(frozen=True, kw_only=True)
class Config:
    """One run, whole: what `python train.py` composes."""

    dataset: Dataset
    model: AutoModel | Classifier | Regressor
    network: Network
    optimizer: Optimizer
    schedule: Schedule
    accelerator: Accelerator
    tracking: Tracking
    training: Training
    seed: int = key("seed of initial weights, order of rows and dropout", default=0, ge=0, lt=2**32)
    experiment_name: str = key("experiment in MLflow and folder in runs/")
    run_name: str | None = key("name of the run; empty: one made of its choices", default=None)
    tags: Mapping[str, str] = key("tags of the run in MLflow, by name", factory=dict)
    callbacks: Mapping[str, Any] = key(
        "callbacks of Lightning, each under a name of its own; a group too, for options of one's own", factory=dict,
        example="{timer: {_target_: pytorch_lightning.callbacks.Timer, duration: 00:01:00:00}}")
    trainer: Mapping[str, Any] = key("arguments of Lightning's Trainer that no key of Trainyard stands for",
                                     factory=dict, example="{detect_anomaly: true}")
    trusted: tuple[str, ...] = key("packages of your own whose code a config may name", default=())
    note: str = key("what the run is about; the description in MLflow", default="")
    masked: tuple[str, ...] = field(  # dotted keys whose values came from the environment and are not written down
        default=(), repr=False, compare=False, metadata={"public": False})
