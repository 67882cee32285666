"""Driving the fast engine without Lightning's Trainer, which takes a while to set up for each training."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from trainyard.training.accelerator import Device
from trainyard.training.loop import Loop
from trainyard.training.plan import Plan


class Alone:
    """What a loop looks at in a Trainer, of one process."""

    global_rank = 0
    world_size = 1
    should_stop = False


def needs_no_lightning(plan: Plan) -> bool:
    """Return whether nothing of a plan is Lightning's to do: the fast engine, on one device and without callbacks."""
    return plan.engine == "fast" and not plan.config.callbacks and not plan.config.trainer


def drive_alone(loop: Loop) -> None:
    """Hand its blocks to a loop until it has stopped, as Lightning would, so that the bits are the same."""
    trainer = Alone()
    loop.module.trainer = trainer  # type: ignore[assignment]  # Lightning keeps a weak reference to it
    with repeatable(loop.device):
        loop.model.to(loop.device.torch)
        if loop.device.double:
            loop.model.double()
        while loop.stop.reason is None:
            for block in loop.blocks:
                loop.train_block(block)
                if loop.stop.reason is not None:
                    break


@contextmanager
def repeatable(device: Device) -> Iterator[None]:
    """Compute with deterministic algorithms, and in 64 bits where the device does; as before at the end."""
    before, dtype = torch.are_deterministic_algorithms_enabled(), torch.get_default_dtype()
    if device.torch.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    if device.double:
        torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
        torch.set_default_dtype(dtype)
