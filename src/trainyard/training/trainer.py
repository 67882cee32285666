"""Lightning's Trainer for a plan: where it computes, what it is not to do by itself, and what it is not to say."""

import contextlib
import logging
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from trainyard.training.accelerator import Device
from trainyard.training.callbacks import build_callbacks
from trainyard.training.lightning_library import LightningEnvironment, pl
from trainyard.training.plan import Plan

LIGHTNING_PRECISION = {"32": "32-true", "tf32": "32-true", "64": "64-true"}  # others are called alike


def build_trainer(plan: Plan, plugins: Sequence[Any] = (), folder: Path | None = None) -> pl.Trainer:
    """Return the Lightning Trainer of a plan; the loop ends it, so it has no limit of its own.

    Callbacks of the user's own write below `folder`. It gets no signals: the loop stops on them between two
    minibatches, and Lightning's own handler would broadcast in the middle of whatever the processes that share a
    training are at.
    """
    device = plan.device
    precision: Any = LIGHTNING_PRECISION.get(device.precision, device.precision)
    own_precision = any(isinstance(plugin, pl.plugins.precision.Precision) for plugin in plugins)
    asked = {"deterministic": True, **_where(device), **plan.config.trainer}
    callbacks = build_callbacks(plan.config)
    trainer = pl.Trainer(
        **asked,
        precision=None if own_precision else precision,
        plugins=[*plugins, *([LightningEnvironment()] if device.sharing == "alone" else [])],
        callbacks=callbacks,
        default_root_dir=folder,
        max_epochs=-1,
        logger=False,
        enable_checkpointing=any(isinstance(callback, pl.callbacks.Checkpoint) for callback in callbacks),
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        limit_val_batches=0,
        use_distributed_sampler=False,
    )
    trainer._signal_connector.register_signal_handlers = lambda: None  # type: ignore[method-assign]  # it has no switch
    return trainer


def _where(device: Device) -> dict[str, Any]:
    """Return the Trainer's arguments for a device or for the processes that share the work."""
    accelerator = {"cuda": "gpu", "cpu": "cpu", "mps": "mps"}[device.torch.type]
    if device.sharing == "alone":
        return {"accelerator": accelerator, "devices": [device.torch.index] if accelerator == "gpu" else 1}
    strategy = pl.strategies.FSDPStrategy() if device.sharing == "fsdp" else pl.strategies.DDPStrategy()
    return {
        "accelerator": accelerator, "devices": device.processes, "num_nodes": device.nodes, "strategy": strategy,
        "sync_batchnorm": accelerator == "gpu",
    }  # fmt: skip


@contextlib.contextmanager
def quiet_lightning() -> Iterator[None]:
    """Keep Lightning's adverts, device lines and hints about loaders out of the output; errors still show."""
    loggers = [logging.getLogger(name) for name in ("pytorch_lightning", "lightning", "lightning_fabric")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(pytorch_lightning|lightning_fabric)\..*")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
