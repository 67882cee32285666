"""What computes: the device of a run, its threads and its precision."""

import contextlib
import os
import platform
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from trainyard.config.schema import Accelerator, Precision
from trainyard.errors import ConfigError

SMALL_STEP_FLOPS = 1e8  # about 5 ms of one core; below, handing work to threads costs more than it saves


@dataclass(frozen=True)
class Device:
    """Where a run computes. `description` is for a person."""

    torch: torch.device
    description: str
    threads: int
    precision: Precision

    @property
    def double(self) -> bool:
        """Whether numbers are 64 bit."""
        return self.precision == "64"

    @property
    def mixed(self) -> bool:
        """Whether the forward pass runs in 16 bits while weights have 32."""
        return self.precision.endswith("-mixed")

    def autocast(self) -> AbstractContextManager[object]:
        """Return the context in which a forward pass runs in this precision."""
        if self.precision == "bf16-mixed":
            return torch.autocast(self.torch.type, dtype=torch.bfloat16)
        return contextlib.nullcontext()

    def free_memory(self) -> int:
        """Return the bytes that are free on the device."""
        if self.torch.type == "cuda":
            return int(torch.cuda.mem_get_info(self.torch)[0])
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf(_free_pages())


def _free_pages() -> str:
    return "SC_AVPHYS_PAGES" if "SC_AVPHYS_PAGES" in os.sysconf_names else "SC_PHYS_PAGES"


def cores() -> int:
    """Return the number of CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_accelerator(config: Accelerator) -> torch.device:
    """Return the torch device of `config`, or raise ConfigError with a list of what this machine has."""
    gpus = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    if config.name == "cpu" or (config.name == "auto" and not gpus):
        return torch.device("cpu")
    listed = ", ".join([f"cpu ({cores()} cores)", *(f"gpu {index} ({name})" for index, name in enumerate(gpus))])
    if not gpus:
        raise ConfigError(f"accelerator=gpu: there is no CUDA GPU that torch can use here. There is: {listed}.")
    if config.device >= len(gpus):
        raise ConfigError(f"accelerator.device={config.device}: there is no such GPU. There is: {listed}.")
    return torch.device("cuda", config.device)


def open_device(config: Accelerator, device: torch.device, step_flops: float) -> Device:
    """Return the device with its thread count chosen for the work of one step, and pin that count."""
    small = device.type == "cuda" or step_flops < SMALL_STEP_FLOPS
    threads = (1 if small else cores()) if config.threads == "auto" else config.threads
    torch.set_num_threads(threads)
    if device.type == "cuda":
        description = f"GPU {device.index}: {torch.cuda.get_device_name(device)}"
    else:
        description = f"CPU {platform.machine()}, {threads} of {cores()} cores"
    return Device(device, description, threads, config.precision)
